/// What a GET is answered with.
package struct HTTPResponse: Hashable, Sendable {
    package var status: UInt32
    /// "text/plain; charset=utf-8"
    package var contentType: String
    package var body: [UInt8]

    package init(status: UInt32 = 200, contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A text for people.
    package init(status: UInt32 = 200, _ text: String) {
        self.init(status: status, body: Array(text.utf8))
    }

    package static let notFound = HTTPResponse(status: 404, "there is nothing here\n")
    static let notAllowed = HTTPResponse(status: 405, "only GET and HEAD are answered\n")
}
