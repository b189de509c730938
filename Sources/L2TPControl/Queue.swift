/// First in, first out, with cheap removal at the front: an array whose dead front is cut off now and then.
struct Queue<Element: Sendable>: Sendable {
    private var storage: [Element] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : storage[head] }

    /// The element `position` places behind the first. A position that is not there is a programming error.
    subscript(position: Int) -> Element {
        get { storage[head + position] }
        set { storage[head + position] = newValue }
    }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    /// Puts an element `position` places behind the first.
    mutating func insert(_ element: Element, at position: Int) {
        storage.insert(element, at: head + position)
    }

    mutating func popFirst() -> Element? {
        guard let element = first else { return nil }
        removeFirst(1)
        return element
    }

    mutating func removeFirst(_ count: Int) {
        head += count
        // Moving the rest only when at least half is dead keeps the cost of a removal constant on average.
        if head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
    }

    /// Removes what the predicate names; returns how many.
    mutating func removeAll(where isDead: (Element) -> Bool) -> Int {
        let before = count
        storage.removeFirst(head)
        head = 0
        storage.removeAll(where: isDead)
        return before - count
    }

    mutating func removeAll() {
        storage.removeAll()
        head = 0
    }
}
