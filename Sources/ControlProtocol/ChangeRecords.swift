/// What became of a request to close tunnels or sessions.
package struct CloseRecord: Codable, Hashable, Sendable {
    /// One that was not closed, and why.
    package struct Refusal: Codable, Hashable, Sendable {
        /// As the client named it.
        package var name: String
        package var code: ControlError.Code
        package var message: String

        package init(name: String, code: ControlError.Code, message: String) {
            self.name = name
            self.code = code
            self.message = message
        }
    }

    /// Those that are closing now (their StopCCN or CDN is sent), as the client named them.
    package var closed: [String]
    package var refused: [Refusal]

    package init(closed: [String] = [], refused: [Refusal] = []) {
        self.closed = closed
        self.refused = refused
    }
}

/// What a reload of the configuration changed.
package struct ReloadRecord: Codable, Hashable, Sendable {
    /// Changes in force now, a short sentence each.
    package var applied: [String]
    /// Changes that need a restart, a short sentence each.
    package var notApplied: [String]

    package init(applied: [String] = [], notApplied: [String] = []) {
        self.applied = applied
        self.notApplied = notApplied
    }

    enum CodingKeys: String, CodingKey {
        case applied
        case notApplied = "not_applied"
    }
}

/// A table of the configuration in force.
package struct ConfigurationRecord: Codable, Hashable, Sendable {
    /// In TOML, its header and its keys, a line each; secrets are redacted.
    package var toml: String

    package init(toml: String) {
        self.toml = toml
    }
}
