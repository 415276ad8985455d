using System.Text;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Intake;

namespace ServiceLoop.ServiceDesk.Tests.Intake;

public sealed class ChannelAdapterTests
{
    [Fact]
    public void A_mail_keeps_its_thread_its_sender_and_the_text_of_its_html()
    {
        var contact = Read(
            "email",
            """
            { "messageId": "<3@x>", "from": "\"Li, Ann <boss@other.example>\" <ann@example.org>", "subject": "Re: 订单",
              "html": "<style>p{}</style><p>Hello &amp; 你好<br>line</p><script>steal()</script>",
              "inReplyTo": "<2@x>", "references": ["<1@x>", "<2@x>"], "date": "2026-03-04T10:00:00+08:00" }
            """
        );

        contact.ThreadKey.ShouldBe("<1@x>");
        contact.MessageId.ShouldBe("<3@x>");
        contact.Sender!.Value.ShouldBe("ann@example.org");
        contact.Body.ShouldBe("Hello & 你好\nline");
        contact.StartedAt.ShouldBe(new DateTimeOffset(2026, 3, 4, 2, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_call_says_what_the_customer_said_and_keeps_all_of_it()
    {
        var contact = Read(
            "phone",
            """
            { "callId": "c1", "from": "+86 138 0013 8000", "recordingRef": "s3://calls/1", "segments": [
              { "speaker": "agent", "text": "您好", "confidence": 0.99, "startMs": 0 },
              { "speaker": "customer", "text": "我的洗衣机坏了", "confidence": 0.61, "startMs": 900 } ] }
            """
        );

        contact.Body.ShouldBe("我的洗衣机坏了");
        contact.Transcript.Select(s => s.Speaker).ShouldBe(["agent", "customer"]);
        var request = contact.ToRequest(null, []);
        request.Language.ShouldBe("zh");
        request.Attachments!.Value[0].GetProperty("kind").GetString().ShouldBe("recording");
    }

    [Fact]
    public void Chat_social_app_and_web_tell_who_speaks_in_which_thread()
    {
        var chat = Read(
            "chat",
            """{ "messageId": "m", "sessionId": "s", "visitor": { "id": "v7" }, "lines": [{ "from": "bot", "text": "Hi" }, { "text": "Help" }] }"""
        );
        var social = Read("social", """{ "platform": "Weibo", "postId": "9", "threadId": "5", "authorId": "a1", "text": "差评" }""");
        var app = Read("app", """{ "eventId": "e", "userId": "u9", "text": "Crash" }""");
        var web = Read("web", """{ "phone": "13800138000", "message": "Call me" }""");

        (chat.ThreadKey, chat.Sender!.Value, chat.Body).ShouldBe(("s", "chat:v7", "Help"));
        (social.MessageId, social.ThreadKey, social.Sender!.Value).ShouldBe(("weibo:9", "weibo:5", "weibo:a1"));
        (app.MessageId, app.Sender!.Value).ShouldBe(("e", "app:u9"));
        (web.MessageId, web.Sender!.Kind).ShouldBe((null, "phone"));
    }

    [Theory]
    [InlineData("email", """{ "from": "a@b.example", "subject": "x\r\nBcc: all@b.example", "text": "t" }""", "subject")]
    [InlineData("email", """{ "from": "a@b.example\nBcc: c@d.example", "text": "t" }""", "from")]
    [InlineData("email", """{ "from": "a@b.example", "messageId": "<1>\r\nX: y", "text": "t" }""", "messageId")]
    [InlineData("email", """{ "from": "a@b.example", "references": ["<1>\r\nX: y"], "text": "t" }""", "references[0]")]
    [InlineData("email", """{ "text": "nobody" }""", "from")]
    [InlineData("email", """{ "from": "a@b.example" }""", "text")]
    [InlineData("email", """{ "from": "a@b.example", "text": "a\u0000b" }""", "text")]
    [InlineData("web", """{ "message": "a\u0000b" }""", "message")]
    [InlineData("web", """{ "subject": "only" }""", "message")]
    [InlineData("chat", """{ "text": "no session" }""", "sessionId")]
    [InlineData("chat", """{ "sessionId": "s", "lines": [{ "from": "root", "text": "x" }] }""", "lines[0].from")]
    [InlineData("phone", """{ "from": "+8613800138000", "segments": [{ "text": "x" }] }""", "callId")]
    [InlineData("phone", """{ "callId": "c", "segments": [] }""", "segments")]
    [InlineData("phone", """{ "callId": "c", "segments": [{ "text": "x", "confidence": 7 }] }""", "segments[0].confidence")]
    [InlineData("social", """{ "platform": "we/ibo", "authorId": "a", "text": "t" }""", "platform")]
    [InlineData("social", """{ "platform": "weibo", "text": "t" }""", "authorId")]
    [InlineData("app", """{ "userId": "u" }""", "text")]
    [InlineData("web", """[1]""", "payload")]
    public void A_wrong_payload_is_refused_with_the_field(string channel, string json, string field) =>
        Should.Throw<DeskRefusedException>(() => Read(channel, json)).Fields.Keys.ShouldContain(field);

    [Fact]
    public void Texts_and_lists_without_end_are_refused()
    {
        var huge = new string('x', 100_001);

        Should.Throw<DeskRefusedException>(() => Read("web", $$"""{ "message": "{{huge}}" }""")).Code.ShouldBe("text.too-long");
        var many = string.Join(',', Enumerable.Repeat("""{ "text": "x" }""", 2001));
        Should
            .Throw<DeskRefusedException>(() => Read("phone", $$"""{ "callId": "c", "segments": [{{many}}] }"""))
            .Code.ShouldBe("list.too-long");
    }

    [Theory]
    [InlineData(""" "\ud83d alone" """)]
    [InlineData("7")]
    public void What_is_no_text_is_refused_as_malformed(string value)
    {
        var thrown = Should.Throw<Exception>(() => Read("web", $$"""{ "message": {{value}} }"""));

        (thrown is JsonException or DeskRefusedException).ShouldBeTrue(thrown.ToString());
    }

    [Fact]
    public void An_unknown_channel_is_told_with_those_that_there_are() =>
        Should.Throw<DeskRefusedException>(() => Read("fax", "{}")).Message.ShouldContain("web, email, chat, phone, social, app");

    [Theory]
    [InlineData("a < b and c > d", "a < b and c > d")]
    [InlineData("<p>1</p><p>2</p>", "1\n\n2")]
    [InlineData("x<!-- <p>hidden</p> -->y", "xy")]
    [InlineData("<a title='>' href=\"x>y\">link</a>", "link")]
    [InlineData("<SCRIPT>alert(1)</SCRIPT>safe", "safe")]
    [InlineData("<script>never closed", "")]
    [InlineData("&lt;script&gt;text&lt;/script&gt;", "<script>text</script>")]
    [InlineData("<img src=x onerror=alert(1)>pic", "pic")]
    [InlineData("<svg><text>no</text></svg>yes", "yes")]
    public void Html_is_read_as_a_reader_would(string html, string text) => HtmlText.Of(html).ShouldBe(text);

    [Fact]
    public void Html_that_is_made_to_be_slow_is_read_in_one_pass()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        HtmlText.Of(string.Concat(Enumerable.Repeat("<script", 50_000)));
        HtmlText.Of(string.Concat(Enumerable.Repeat("<div ", 100_000)));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public void Files_must_be_what_they_are_said_to_be()
    {
        var png = PngOf(640, 480);

        ContactFiles
            .Of([File("a.png", "image/png", png)], [])
            .Single()
            .Facts.ShouldSatisfyAllConditions(f => (f.Width, f.Height).ShouldBe((640, 480)), f => f.Size.ShouldBe(png.Length));
        Refused(File("a.png", "image/png", Encoding.ASCII.GetBytes("PK\u0003\u0004 a zip")))
            .ShouldBe(("file.content", "attachments[0].content"));
        Refused(File("a.html", "text/html", Encoding.ASCII.GetBytes("<p>"))).ShouldBe(("file.type", "attachments[0].mediaType"));
        Refused(new FilePayload("a.png", "image/png", "not base64!")).ShouldBe(("file.base64", "attachments[0].content"));
        Refused(new FilePayload("a.png", "image/png", null)).ShouldBe(("file.size", "attachments[0].content"));
        Refused(File("../../etc/passwd", "image/png", png)).ShouldBe(("file.name", "attachments[0].name"));
        Refused(new FilePayload("a.txt", "text/plain", new string('A', 8_000_000))).ShouldBe(("file.size", "attachments[0].content"));
        Refused([.. Enumerable.Repeat(File("a.png", "image/png", png), 11)]).ShouldBe(("file.count", "attachments"));
    }

    [Fact]
    public void A_picture_tells_its_size_and_when_it_was_taken()
    {
        PictureFacts
            .Find("image/jpeg", JpegOf(800, 600, "2026:03:04 05:06:07"))
            .ShouldBe(new PictureFacts(800, 600, new DateTime(2026, 3, 4, 5, 6, 7)));
        PictureFacts.Find("image/gif", [.. "GIF89a"u8, 10, 0, 20, 0]).ShouldBe(new PictureFacts(10, 20, null));
        PictureFacts.Find("text/plain", [1, 2, 3]).ShouldBeNull();
    }

    [Fact]
    public void A_broken_header_tells_nothing_and_breaks_nothing()
    {
        var jpeg = JpegOf(800, 600, "2026:03:04 05:06:07");
        var png = PngOf(1, 1);

        for (var length = 0; length < jpeg.Length; length++)
            PictureFacts.Find("image/jpeg", jpeg.AsSpan(0, length)).ShouldBeNull();

        for (var length = 0; length < 24; length++)
            PictureFacts.Find("image/png", png.AsSpan(0, length)).ShouldBeNull();

        var random = new Random(7);

        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])jpeg.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Should.NotThrow(() => PictureFacts.Find("image/jpeg", bytes));
            Should.NotThrow(() => PictureFacts.Find("image/webp", [.. "RIFF0000WEBPVP8X"u8, .. bytes]));
        }
    }

    internal static byte[] PngOf(int width, int height) =>
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. Four(width), .. Four(height), 8, 6, 0, 0, 0];

    private static byte[] JpegOf(int width, int height, string taken)
    {
        // A TIFF with one directory that points to the EXIF one, and that to the moment.
        byte[] tiff =
        [
            .. "MM"u8,
            0,
            42,
            .. Four(8),
            0,
            1,
            0x87,
            0x69,
            0,
            4,
            .. Four(1),
            .. Four(26),
            .. Four(0),
            0,
            1,
            0x90,
            0x03,
            0,
            2,
            .. Four(20),
            .. Four(44),
            .. Four(0),
            .. Encoding.ASCII.GetBytes(taken),
            0,
        ];
        var length = 2 + 6 + tiff.Length;
        return
        [
            0xFF,
            0xD8,
            0xFF,
            0xE1,
            (byte)(length >> 8),
            (byte)length,
            .. "Exif\0\0"u8,
            .. tiff,
            0xFF,
            0xC0,
            0,
            17,
            8,
            (byte)(height >> 8),
            (byte)height,
            (byte)(width >> 8),
            (byte)width,
        ];
    }

    private static byte[] Four(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];

    private static FilePayload File(string name, string type, byte[] content) => new(name, type, Convert.ToBase64String(content));

    private static (string Code, string Field) Refused(params FilePayload[] files)
    {
        var refused = Should.Throw<DeskRefusedException>(() => ContactFiles.Of(files, []));
        return (refused.Code, refused.Fields.Keys.Single());
    }

    private static Contact Read(string channel, string json)
    {
        using var document = JsonDocument.Parse(json);
        return ChannelAdapters.Read(channel, document.RootElement).Contact;
    }
}
