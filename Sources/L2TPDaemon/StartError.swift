/// Why the daemon cannot begin: what it could not have, and why.
package struct StartError: Error, CustomStringConvertible {
    package var what: String
    package var why: any Error

    package var description: String { "\(what): \(why)" }
}
