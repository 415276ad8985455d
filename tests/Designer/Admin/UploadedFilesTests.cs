using System.IO.Compression;
using System.Text;
using ServiceLoop.Designer.Admin.Definitions;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Files;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class UploadedFilesTests
{
    [Fact]
    public async Task A_zip_file_gives_its_JSON_files_and_nothing_else()
    {
        using var zip = Zip(("a.json", "{}"), ("folder/b.JSON", "[]"), ("readme.txt", "no"));

        var files = await UnzipAsync("all.zip", zip);

        files.Select(f => f.Name).ShouldBe(["all.zip/a.json", "all.zip/folder/b.JSON"]);
        Encoding.UTF8.GetString(files[0].Content.Span).ShouldBe("{}");
        files.ShouldAllBe(f => f.Flaw == null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK no")]
    [InlineData("hello, I am as long as the end of a zip file would be, and still none")]
    public async Task What_is_no_zip_file_is_told(string content)
    {
        using var zip = new MemoryStream(Encoding.UTF8.GetBytes(content));

        (await UnzipAsync("bad.zip", zip)).ShouldHaveSingleItem().Flaw.ShouldBe(FileFlaw.NoZip);
    }

    [Fact]
    public async Task A_small_zip_file_that_unpacks_to_much_is_not_unpacked()
    {
        using var zip = Zip(("bomb.json", new string(' ', ElsaJson.MaxBytes + 1)), ("good.json", "{}"));

        (await UnzipAsync("all.zip", zip)).Select(f => f.Flaw).ShouldBe([FileFlaw.TooLarge, null]);
    }

    [Fact]
    public async Task More_files_than_are_read_are_refused_as_a_whole()
    {
        using var zip = Zip([.. Enumerable.Range(0, UploadedFiles.MaxEntries + 1).Select(i => ($"{i}.json", "{}"))]);

        (await UnzipAsync("all.zip", zip)).ShouldHaveSingleItem().Flaw.ShouldBe(FileFlaw.TooMany);
    }

    private static async Task<List<UploadedFile>> UnzipAsync(string name, MemoryStream zip) =>
        await UploadedFiles.UnzipAsync(name, zip, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    private static MemoryStream Zip(params (string Name, string Text)[] files)
    {
        var stream = new MemoryStream();

        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }

        return stream;
    }
}
