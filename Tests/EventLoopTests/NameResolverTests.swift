import Addresses
import EventLoop
import Instants
import Linux
import Testing

@Suite struct NameResolverTests {
    private func answers(_ count: Int, from resolver: NameResolver) throws -> [String: NameResolver.Answer] {
        let loop = try EventLoop()
        try loop.add(resolver.descriptor, Token(owner: 1, value: 1))
        var answers: [String: NameResolver.Answer] = [:]
        let end = Instant.now + .seconds(30)
        while answers.count < count, .now < end {
            _ = try loop.wait(until: .now + .seconds(1))
            for answer in resolver.drain() { answers[answer.name] = answer }
        }
        return answers
    }

    @Test func `names become addresses beside the loop, and one that is none has a reason`() throws {
        let resolver = try NameResolver()
        // Numbers are names that need nobody to ask.
        for name in ["127.0.0.9", "::1", "no such name", "127.0.0.9"] { resolver.resolve(name) }
        let answers = try answers(3, from: resolver)
        #expect(answers["127.0.0.9"]?.addresses == [.v4(IPv4Address(127, 0, 0, 9))])
        #expect(answers["no such name"]?.addresses == [] && answers["no such name"]?.failure != nil)
        resolver.resolve("127.0.0.9")
        #expect(try self.answers(1, from: resolver).count == 1, "it can be asked again")
    }
}
