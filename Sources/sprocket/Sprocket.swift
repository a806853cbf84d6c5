@main struct Sprocket { static func main() {} }
