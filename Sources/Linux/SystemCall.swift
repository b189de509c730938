import Glibc

/// Makes a system call, again as long as a signal interrupts it, and turns -1 into an error that names it.
package func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ name: String, _ body: () -> Result
) throws(Errno) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let error = Errno.last(name)
        if error.code != EINTR { throw error }
    }
}
