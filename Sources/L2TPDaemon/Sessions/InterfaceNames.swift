import Configuration
private import HeapModule

/// Names for interfaces: a pattern and the lowest number that is free.
///
/// We number units ourselves because the kernel's own numbering stops at 32,768 names of a pattern.
struct InterfaceNames: Sendable {
    private var next = 0
    private var returned = Heap<Int>()
    private var taken: [String: Int] = [:]

    mutating func take(_ pattern: InterfaceName) -> String {
        let number = returned.popMin() ?? next
        if number == next { next += 1 }
        let name = pattern.name(number)
        taken[name] = number
        return name
    }

    /// Gives back a name that `take` gave. One that turned out to be somebody else's is not given back, so that it is
    /// not tried again.
    mutating func giveBack(_ name: String) {
        if let number = taken.removeValue(forKey: name) { returned.insert(number) }
    }
}
