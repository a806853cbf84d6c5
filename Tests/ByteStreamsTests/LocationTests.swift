import Buffers
import ByteStreams
import Testing

@Suite("where streams are")
struct LocationTests {
    /// A text, the store that it names, as text, the stream in it, and the whole as text.
    private static let streams: [(text: String, store: String, name: String, shown: String)] = [
        ("a", ".", "a", "a"),
        ("./a", ".", "a", "a"),
        ("a/b", "a", "b", "a/b"),
        ("/a/b/", "/a", "b", "/a/b"),
        ("a//b", "a", "b", "a/b"),
        ("a/../b", ".", "b", "b"),
        ("./a:b", ".", "a:b", "a:b"),
        ("a/b?c=d#e%20", "a", "b?c=d#e%20", "a/b?c=d#e%20"),
        ("file:a/b", "a", "b", "a/b"),
        ("file:///a/b", "/a", "b", "/a/b"),
        ("file:a:b", ".", "a:b", "a:b"),
        ("x://h/a", "x://h", "a", "x://h/a"),
        ("X://h:1/a/b", "x://h:1/a", "b", "x://h:1/a/b"),
        ("x://h:1,[::1]:2,k/a", "x://h:1,[::1]:2,k", "a", "x://h:1,[::1]:2,k/a"),
        ("x+tls://h/a?r=3&q=1", "x+tls://h?q=1&r=3", "a", "x+tls://h/a?q=1&r=3"),
        ("x://h//a//b/", "x://h/a", "b", "x://h/a/b"),
        ("x://h/a%20b", "x://h", "a b", "x://h/a b"),
    ]

    @Test("a path or a URL names a store and a stream", arguments: streams)
    func parse(text: String, store: String, name: String, shown: String) throws {
        let location = try StreamLocation(text)
        #expect(location.store.description == store)
        #expect(location.name.description == name)
        #expect(location.description == shown)
    }

    @Test(
        "the name of a store is no stream's",
        arguments: [
            ("x://h", "x://h"), ("x://h/", "x://h"), ("x://h/scope", "x://h/scope"),
            ("x://h?k=v", "x://h?k=v"), (".", "."), ("/", "/"), ("a/b/", "a/b/"),
        ]
    )
    func listing(text: String, shown: String) throws {
        #expect(try StoreLocation(text).description == shown)
    }

    @Test(
        "what names nothing is refused, with what is wrong",
        arguments: [
            ("", "names no stream"), ("/", "names no stream"), ("a/..", "names no stream"),
            (".a", "names no stream"), ("a/.b", "names no stream"), ("x://h", "names no stream"),
            ("x://h/.a", "names no stream"), ("x://h/a%2Fb/%00", "names no stream"),
            ("x:a", "lacks its server"), ("x://", "no server"), ("x:///a", "no server"),
            ("x://h:0/a", "port '0'"), ("x://h:65536/a", "port '65536'"),
            ("x://h:/a", "port ''"), ("x://h,/a", "no server"), ("x://h h/a", "no server"),
            ("x://[::1/a", "no server"), ("x://[::1]2/a", "no server"),
            ("x://u:p@h/a", "a user or a password"), ("x://h/a#b", "%23"),
            ("x://h/a?b", "no option"), ("x://h/a?b=1&b=2", "no option"),
            ("x://h/a%2", "two digits"), ("x://h/a%zz", "two digits"), ("x://h/a%ff", "no UTF-8"),
        ]
    )
    func refused(text: String, reason: String) {
        let error = #expect(throws: StreamError.self) { try StreamLocation(text) }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("the directory finds a store by its scheme, and names those there are")
    func directory() async throws {
        let pool = BufferPool()
        let store = MemoryStreamStore()
        let directory = StoreDirectory([
            "file": { (_) throws(StreamError) in store },
            "mem": { (opening) throws(StreamError) in
                try opening.location.requireQuery(of: ["size"])
                return store
            },
        ])
        #expect(try directory.stream("MEM://h/a", pool: pool).name == StreamName("a"))
        #expect(try directory.stream("b/a", pool: pool).location.description == "b/a")
        _ = try directory.store("mem://h?size=1", pool: pool)
        let stranger = #expect(throws: StreamError.self) {
            try directory.stream("s3://h/a", pool: pool)
        }
        #expect(stranger?.message.contains("mem://HOST/NAME") == true)
        let option = #expect(throws: StreamError.self) {
            try directory.stream("mem://h/a?colour=red", pool: pool)
        }
        #expect(option?.message.contains("'colour'; it takes size") == true)
    }
}
