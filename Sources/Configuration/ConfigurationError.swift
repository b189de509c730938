/// Everything that is wrong with a configuration file: one line a problem, in the order of the file.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        package var file: String
        /// From 1; nil when no line is to blame.
        package var line: Int?
        /// "peer[0].secret": tables of one name count from 0. Nil when the text is no TOML at all.
        package var key: String?
        /// What is wrong and what to do. It never quotes a secret.
        package var message: String

        /// "FILE:LINE: KEY: MESSAGE".
        package var description: String {
            [line.map { "\(file):\($0)" } ?? file, key, message].compactMap(\.self).joined(separator: ": ")
        }
    }

    package var problems: [Problem]

    package init(problems: [Problem]) {
        self.problems = problems
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
