using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using ServiceLoop.Designer.Admin.Definitions;
using ServiceLoop.Designer.Tests.Language;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Scripting;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class LintWordsTests : IAsyncDisposable
{
    private static readonly WorkflowCompiler Compiler = new(
        ActivityCatalog.WithEngineActivities().Add<Approve>(),
        [new JavaScriptLanguage()]
    );

    private readonly Page page = new();

    private IStringLocalizer<LintTexts> Texts => page.Services.GetRequiredService<IStringLocalizer<LintTexts>>();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    /// <summary>One or more definitions for each sentence that the lint has.</summary>
    public static TheoryData<string> Sentences => [.. Odd().SelectMany(Warnings).Select(w => w.Sentence!).Distinct().Order()];

    [Fact]
    public void Each_sentence_in_the_file_is_one_that_the_lint_says()
    {
        var written = TextFile
            .English(TextFile.All.Single(f => f.EndsWith(nameof(LintTexts), StringComparison.Ordinal)))
            .Keys.Where(key => key.StartsWith("lint.", StringComparison.Ordinal) && !WorkflowLint.Codes.Contains(key));

        Odd().SelectMany(Warnings).Select(w => w.Sentence!).Distinct().Order().ShouldBe(written.Order());
    }

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_page_says_in_English_what_the_lint_says(string sentence)
    {
        foreach (var warning in Odd().SelectMany(Warnings).Where(w => w.Sentence == sentence))
            LintWords.Of(Texts, warning).ShouldBe(warning.Message);
    }

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_page_says_it_in_Chinese_with_the_same_values(string sentence)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo("zh-CN");

        try
        {
            foreach (var warning in Odd().SelectMany(Warnings).Where(w => w.Sentence == sentence))
            {
                var said = LintWords.Of(Texts, warning).ShouldNotBeNull();
                said.ShouldNotBe(warning.Message);
                warning.Values.ShouldAllBe(value => said.Contains(value, StringComparison.Ordinal));
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void A_warning_that_an_old_version_kept_is_said_in_its_own_words()
    {
        var kept = LintWarning.Read(
            """[{"code":"lint.unreachable","path":"$.root","activityId":"A","message":"No run can come to 'A'.","severity":"Warning"}]"""u8.ToArray()
        );

        var warning = kept.ShouldHaveSingleItem();
        LintWords.Of(Texts, warning).ShouldBeNull();
        LintWords.Of(Texts, warning with { Sentence = "lint.unreachable.text" }).ShouldBeNull();
        page.Render<LintList>(p => p.Add(l => l.Warnings, kept)).Find("li").TextContent.ShouldContain("No run can come to 'A'.");
    }

    [Fact]
    public void In_Chinese_the_list_has_no_English_sentence()
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo("zh-CN");

        try
        {
            var shown = page.Render<LintList>(p => p.Add(l => l.Warnings, Odd().SelectMany(Warnings).ToImmutableArray()));

            shown.FindAll("[lang=en]").ShouldBeEmpty();
            shown.Markup.ShouldContain("没有负责人");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static IEnumerable<LintWarning> Warnings(ImmutableArray<CompileError> found) => found.Select(LintWarning.Of);

    private static IEnumerable<ImmutableArray<CompileError>> Odd()
    {
        yield return Lint(
            Draw.Chart("S>T X>Y", Draw.Of("Elsa.Start", "S"), Draw.Of("Elsa.RunTask", "T").With("taskName", Draw.Literal("String", "T")))
        );
        yield return Lint(
            Draw.Sequence(
                "s",
                Draw.Of("Test.Approve", "P").With("assignee", Draw.Literal("String", "")),
                Draw.Of("Elsa.WriteLine", "V").With("text", Draw.Script("String", "getVariable('Nowhere')")),
                Draw.Of("Elsa.WriteLine", "I").With("text", Draw.Script("String", "getInput('Nothing')")),
                Draw.Of("Elsa.WriteLine", "N").With("text", Draw.Script("String", "getNever()"))
            )
        );
        yield return Lint(
            Draw.Sequence(
                "s",
                Draw.Of("Elsa.NotFoundActivity", "Gone")
                    .With("missingTypeName", "Acme.Fax")
                    .With("originalActivityJson", """{"id":"Gone","type":"Acme.Fax"}""")
            )
        );
        yield return Lint(Draw.Sequence("s", Draw.Line("A")), before: Draw.Sequence("s", Draw.Wait("A"), Draw.Wait("B")));

        foreach (var semantics in new[] { FlowSemantics.Sound, FlowSemantics.ElsaCounter })
        foreach (
            var chart in new[]
            {
                "S>n n.False>Z n.True>a a>d d.False>a d.True>Z",
                "S>o o>a a>d d.False>a d.True>n n.False>o n.True>Z",
                "S>n n.True>A n.False>B A>d B>A d.True>B d.False>Z",
            }
        )
            yield return Lint(Merge(chart), semantics);
    }

    private static JsonObject Merge(string connections) =>
        Draw.Chart(
            connections,
            [
                .. new[] { Draw.If("n", "true"), Draw.If("d", "true"), Draw.Wait("a") }.Where(s =>
                    connections.Split(' ', '>', '.').Contains((string)s["id"]!)
                ),
            ]
        );

    private static ImmutableArray<CompileError> Lint(
        JsonObject activity,
        FlowSemantics semantics = FlowSemantics.Sound,
        JsonObject? before = null
    ) => WorkflowLint.Check(Compile(activity, semantics), before is null ? null : Compile(before, semantics));

    private static WorkflowGraph Compile(JsonObject activity, FlowSemantics semantics) =>
        Compiler.Compile(ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(activity.AsDefinition())), semantics: semantics).GraphOrThrow();

    /// <summary>A step for people that has an input for whom to assign it to.</summary>
    [Activity("Test", "Test", "Approves.")]
    private sealed class Approve : Activity
    {
        [Input]
        public Input<string> Assignee { get; set; } = new((string?)null);

        protected override void Execute(ActivityExecutionContext context) { }
    }
}
