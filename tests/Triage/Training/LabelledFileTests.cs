using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Tests.Training;

public sealed class LabelledFileTests
{
    [Theory]
    [InlineData("text,category\nhello,a\n\"a, \"\"b\"\"\nc\",b\n")]
    [InlineData("intent,id,message\r\na,1,hello\r\nb,2,\"a, \"\"b\"\"\nc\"\r\n")]
    [InlineData("hello,a\n\n\"a, \"\"b\"\"\nc\",b")]
    public void Columns_are_found_by_header_or_place(string csv)
    {
        Read(csv).ShouldBe([new("hello", "a"), new("a, \"b\"\nc", "b")]);
    }

    [Fact]
    public void The_column_of_labels_can_be_named()
    {
        Read("body,topic,category\nhello,a,x\nbye,b,y", "topic").ShouldBe([new("hello", "a"), new("bye", "b")]);
        Faults("text,topic\nhello,a", "theme").ShouldHaveSingleItem().ShouldContain("theme");
    }

    [Theory]
    [InlineData("text,label\nhello,a\nbye\n", "f.csv:3: 1 column(s)")]
    [InlineData("text,label\nhello,a\n,b\n", "f.csv:3: the text is empty")]
    [InlineData("text,label\nhello,a\nbye, \n", "f.csv:3: the label is empty")]
    [InlineData("text,label\n\"two\nlines\",a\nbye,\n", "f.csv:4: the label is empty")]
    [InlineData("text,label\nhello,a\n\"bye,b\n", "f.csv:3: a quote is opened and never closed")]
    [InlineData("text,label\n\"he\"llo,a\n", "f.csv:2: 'l' follows a closing quote")]
    [InlineData("text,label\nhe\0llo,a\n", "f.csv:2: the text holds a NUL")]
    [InlineData("text,label\nhello,a\n", "fewer than two labels")]
    [InlineData("", "fewer than two labels")]
    public void A_fault_names_line_and_cure(string csv, string fault)
    {
        Faults(csv).ShouldHaveSingleItem().ShouldContain(fault);
    }

    [Fact]
    public void Many_faults_are_told_up_to_twenty()
    {
        Faults("text,label\n" + string.Concat(Enumerable.Repeat("x\n", 100))).Count.ShouldBe(20);
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_text_is_refused()
    {
        Should.Throw<LabelledFileException>(() => LabelledFile.Read("no-such.csv", null)).Message.ShouldContain("no-such.csv");
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, [0xff, 0xfe, 0xfa, 0x80]);
        Should.Throw<LabelledFileException>(() => LabelledFile.Read(path, null)).Message.ShouldContain("UTF-8");
        File.Delete(path);
    }

    private static IReadOnlyList<LabelledText> Read(string csv, string? label = null) =>
        LabelledFile.Read(new StringReader(csv), "f.csv", label);

    private static IReadOnlyList<string> Faults(string csv, string? label = null) =>
        Should.Throw<LabelledFileException>(() => Read(csv, label)).Faults;
}
