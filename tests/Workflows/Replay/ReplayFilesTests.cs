using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class ReplayFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("replay-files-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_log_is_read_in_the_order_of_time_with_the_wall_times_of_the_desk()
    {
        var path = Write(
            "CaseID,ActivityID,CompleteTimestamp\r\n7,6,2012-04-05 17:15:52\r\n7,1,2012-04-03 16:55:38\r\n2,1,2012-04-01 09:00:00\r\n"
        );

        var log = CaseLog.Read(path, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));

        log.Select(c => c.Id).ShouldBe(["2", "7"]);
        log[1].Events.Select(e => e.Activity).ShouldBe([1, 6]);
        log[1].Begins.ShouldBe(new DateTimeOffset(2012, 4, 3, 8, 55, 38, TimeSpan.Zero));
    }

    [Fact]
    public void Customers_return_at_later_entries_and_at_the_end_of_waits()
    {
        // Entered, taken in charge, waits for the customer, taken up again, entered again, resolved.
        var path = Write(
            "CaseID,ActivityID,CompleteTimestamp\n1,1,2012-04-02 09:00:00\n1,8,2012-04-02 10:00:00\n1,9,2012-04-02 11:00:00\n1,8,2012-04-03 11:00:00\n1,1,2012-04-04 09:00:00\n1,6,2012-04-05 09:00:00\n"
        );

        var only = CaseLog.Read(path, TimeZoneInfo.Utc).ShouldHaveSingleItem();

        only.Returns.Select(r => r.Day).ShouldBe([3, 4]);
    }

    [Theory]
    [InlineData("", "(1): The file is empty")]
    [InlineData("Case,Activity\n1,2\n", "(1): The first line is 'Case,Activity', and must be 'CaseID,ActivityID,CompleteTimestamp'")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n", "nothing below")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n1,1\n", "(2): There are 2 values, and must be 3")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n1,1,2012-04-03 16:55:38\n1,x,2012-04-03 16:55:38\n", "(3): The activity is 'x'")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n1,1,yesterday\n", "(2): The moment is 'yesterday'")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n ,1,2012-04-03 16:55:38\n", "(2): The case is ' '")]
    [InlineData("CaseID,ActivityID,CompleteTimestamp\n\"1,1,2012-04-03 16:55:38\n", "(2): A quote that is opened here is never closed")]
    public void What_is_no_log_is_refused_with_its_line(string text, string says)
    {
        var path = Write(text);

        Should.Throw<ReplayFileException>(() => CaseLog.Read(path, TimeZoneInfo.Utc)).Message.ShouldContain(says);
    }

    [Fact]
    public void Messages_may_hold_quotes_commas_and_line_breaks()
    {
        var path = Write("text,category\n\"Is it \"\"here\"\", or\nthere?\",card_arrival\nWhere?,lost\n");

        CustomerMessage.Read(path).ShouldBe([new("Is it \"here\", or\nthere?", "card_arrival"), new("Where?", "lost")]);
    }

    [Theory]
    [InlineData("text,category\n ,lost\n", "(2): The text is empty")]
    // The line that the row begins on, after one that has two.
    [InlineData("text,category\n\"a\nb\",lost\nWhere?, \n", "(4): The category is ' '")]
    public void A_message_without_words_or_category_is_refused_with_its_line(string text, string says)
    {
        var path = Write(text);

        Should.Throw<ReplayFileException>(() => CustomerMessage.Read(path)).Message.ShouldContain(says);
    }

    [Fact]
    public async Task Customers_say_nothing_that_the_model_has_learned()
    {
        var lessons = Lessons.Of([
            new("a", "one"),
            new("b", "one"),
            new("c", "one"),
            new("d", "two"),
            new("with \"quotes\"\nand, lines", "two"),
            new("f", "three"),
        ]);
        var path = Path.Combine(folder, "lessons.csv");

        await lessons.WriteAsync(path, TestContext.Current.CancellationToken);

        lessons.Said.Select(m => m.Text).ShouldBe(["a", "c", "d", "f"]);
        CsvFile
            .Read(path, "text", "label")
            .Select(r => (r.Values[0], r.Values[1]))
            .ShouldBe([("b", "one"), ("with \"quotes\"\nand, lines", "two")]);
    }

    private string Write(string text)
    {
        var path = Path.Combine(folder, "file.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
