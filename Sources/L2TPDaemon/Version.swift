/// The version of `l2tpd` and `l2tpctl`.
package enum Version {
    package static let current = "0.1.0"
}
