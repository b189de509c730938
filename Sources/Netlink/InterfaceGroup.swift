/// A Linux interface group, by which interfaces are matched and deleted together; 0 is every interface's at first.
package struct InterfaceGroup: Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}
