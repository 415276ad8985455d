using System.Text;
using System.Text.Json;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Tests.Audit;

public sealed class EntryWriterTests
{
    private static readonly AuditEntry Entry = EntryDraft.Link(
        [
            EntryDraft.Of(
                Notes.Of("=cmd|' /C calc'!A0") with
                {
                    Reason = "a,\"b\"\r\n=c",
                    After = Facts.Of(("汉", "1")),
                },
                DateTimeOffset.UnixEpoch
            ),
        ],
        ChainHead.Empty,
        1
    )[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("\n=1")]
    [InlineData(" =1")]
    [InlineData("\u3000=1")]
    [InlineData("＝1")]
    [InlineData("＋1")]
    [InlineData("－1")]
    [InlineData("＠x")]
    [InlineData("|x")]
    [InlineData("%x")]
    public void A_formula_becomes_a_text(string text)
    {
        CsvCell.Of(text).Trim('"').ShouldStartWith("'");
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("order", "order")]
    [InlineData("a=b", "a=b")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    public void Other_cells_stay_as_they_are(string? text, string cell)
    {
        CsvCell.Of(text).ShouldBe(cell);
    }

    [Fact]
    public async Task A_table_has_a_mark_a_heading_and_a_cell_for_each_column()
    {
        var bytes = await ExportedAsync(ExportFormat.Csv);

        bytes.AsSpan(0, 3).SequenceEqual(Encoding.UTF8.Preamble).ShouldBeTrue();
        var text = Encoding.UTF8.GetString(bytes.AsSpan(3));
        text.ShouldStartWith("number,at,actorKind,");
        text.ShouldContain("\"'=cmd|' /C calc'!A0\"");
        text.ShouldContain("\"a,\"\"b\"\"\r\n=c\"", customMessage: "a formula within a cell is none");
        text.ShouldContain("\"{\"\"汉\"\":\"\"1\"\"}\"");
        text.ShouldEndWith(Convert.ToHexString(Entry.Hash.Span) + "\r\n");
    }

    [Fact]
    public async Task A_line_of_JSON_holds_all_that_the_hash_is_made_of()
    {
        var lines = Encoding.UTF8.GetString(await ExportedAsync(ExportFormat.Jsonl)).Split('\n');

        lines.Length.ShouldBe(2);
        lines[1].ShouldBeEmpty();
        var json = JsonDocument.Parse(lines[0]).RootElement;
        var again = new AuditEntry
        {
            Number = json.GetProperty("number").GetInt64(),
            AtMicroseconds = Microseconds.Of(json.GetProperty("at").GetDateTimeOffset()),
            ActorKind = Enum.Parse<ActorKind>(json.GetProperty("actorKind").GetString()!),
            ActorId = json.GetProperty("actorId").GetString()!,
            Actor = json.GetProperty("actor").GetString()!,
            OnBehalfOf = json.GetProperty("onBehalfOf").GetString(),
            Address = json.GetProperty("address").GetString(),
            SessionId = json.GetProperty("session").GetString(),
            Action = json.GetProperty("action").GetString()!,
            Subject = json.GetProperty("subject").GetString()!,
            Permission = json.GetProperty("permission").GetString()!,
            End = Enum.Parse<DeedEnd>(json.GetProperty("end").GetString()!),
            Begun = json.GetProperty("begun").GetInt64(),
            After = json.GetProperty("after").GetRawText(),
            Reason = json.GetProperty("reason").GetString(),
            PreviousHash = Convert.FromHexString(json.GetProperty("previousHash").GetString()!),
        };
        Convert.ToHexString(EntryHash.Of(again)).ShouldBe(json.GetProperty("hash").GetString());
    }

    private static async Task<byte[]> ExportedAsync(ExportFormat format)
    {
        using var output = new MemoryStream();
        await using var writer = EntryWriter.Of(format, output);
        writer.Write(Entry);
        await writer.FlushAsync(Ct);
        return output.ToArray();
    }
}
