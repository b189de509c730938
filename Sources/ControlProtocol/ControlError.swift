/// Why a request was refused. The code is for programs and stays stable, the message is for people.
package struct ControlError: Error, Codable, Hashable, Sendable {
    package enum Code: String, Codable, Hashable, Sendable {
        /// The line is no JSON object, or a key of it is missing, unknown or of the wrong type.
        case badRequest = "bad_request"
        /// The line is longer than `ControlLine.limit`; the connection is closed, for the rest cannot be read.
        case lineTooLong = "line_too_long"
        /// No request has this name.
        case unknownRequest = "unknown_request"
        /// No tunnel or session has this id, no client this name.
        case notFound = "not_found"
        /// A session id without a tunnel id that more than one tunnel has.
        case ambiguous
        /// The tunnel or session is closing already.
        case closing
        /// The configuration file was refused; nothing of it was applied.
        case invalidConfiguration = "invalid_configuration"
        /// A limit was reached, or the daemon is going down.
        case busy
        /// The daemon, or the kernel under it, failed.
        case failed
    }

    package var code: Code
    package var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
