/// The problems that were found so far; shared by the readers of one document.
final class ProblemList {
    private(set) var problems: [ConfigurationError.Problem] = []
    let file: String
    let lines: LineIndex

    init(file: String, lines: LineIndex) {
        self.file = file
        self.lines = lines
    }

    func refuse(_ path: String, _ message: String) {
        problems.append(.init(file: file, line: lines.line(of: path), key: path, message: message))
    }
}
