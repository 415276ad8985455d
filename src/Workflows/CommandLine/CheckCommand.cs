using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Workflows.Import;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>check</c>: compiles definitions and says what is wrong.</summary>
internal static class CheckCommand
{
    public const string Usage = """
        check FILE… [--with FILE…] [--semantics sound|elsa-counter|elsa-token]
          Compiles definitions and prints every error and warning: file, severity, JSON path, code, sentence. Then a line that counts them.
          FILE                a definition (Elsa 3 JSON), or a directory of them
          --with FILE…        definitions that the others use as activities; the files see each other too
          --semantics S       semantics to compile under (default: what each definition asks for, else sound)
          Exit code: 0 without errors (warnings do not count), 1 otherwise.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, ["--with", "--semantics"], [], "--with");

        if (given.Free.Count == 0)
            throw new UsageException("Name at least one file.");

        var semantics = Parts.Semantics(given.Find("--semantics"));
        var others = given.All("--with").SelectMany(Files).Select(DefinitionFile.Read).ToList();
        var files = given.Free.SelectMany(Files).Select(DefinitionFile.Read).ToList();
        var source = new DefinitionSet([.. others.Concat(files).Select(f => f.Definition).OfType<WorkflowDefinition>()]);
        var compiler = Parts.Compiler();
        var results = new List<(DefinitionFile File, IReadOnlyList<CompileError> Found)>();

        foreach (var file in others.Where(f => f.Definition is null).Concat(files))
        {
            ct.ThrowIfCancellationRequested();
            results.Add((file, file.Definition is null ? file.Errors : Compile(compiler, file.Definition, source, semantics)));
        }

        var own = OwnWarnings(results);
        var (errors, warnings) = (0, 0);

        foreach (var (file, all) in results)
        {
            var found = all.Where(e => e.Severity == CompileSeverity.Error || !own.Contains((e.InnermostPath(), e.Code))).ToList();

            foreach (var error in found)
                await console.Out.WriteLineAsync(DefinitionFile.Line(file.Path, error));

            errors += found.Count(e => e.Severity == CompileSeverity.Error);
            warnings += found.Count(e => e.Severity == CompileSeverity.Warning);
        }

        await console.Out.WriteLineAsync($"{files.Count} checked: {errors} errors, {warnings} warnings.");
        return errors == 0 ? Commands.Ok : Commands.Failed;
    }

    /// <summary>What is said of a definition in its own file is not said again in every file that uses it as activity.</summary>
    private static HashSet<(string Place, string Code)> OwnWarnings(
        IEnumerable<(DefinitionFile File, IReadOnlyList<CompileError> Found)> results
    ) =>
        [
            .. results
                .Where(r => r.File.Definition is not null)
                .SelectMany(r =>
                    r.Found.Where(e => e.Severity == CompileSeverity.Warning && e.InnermostPath() == e.Path)
                        .Select(e => ($"{r.File.Definition!.DefinitionId}:{e.Path}", e.Code))
                ),
        ];

    private static IReadOnlyList<CompileError> Compile(
        WorkflowCompiler compiler,
        WorkflowDefinition definition,
        DefinitionSet source,
        Engine.Graph.FlowSemantics? semantics
    )
    {
        var result = compiler.Compile(definition, source, semantics);

        if (result.Graph is null)
            return result.Errors;

        TriggerIndex.Of(result.Graph, SettableClock.DefaultStart, out var triggerErrors);
        return [.. result.Errors, .. triggerErrors, .. AnswerAfterWait.Find(result.Graph), .. WorkflowLint.Check(result.Graph)];
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path) ? DefinitionPlace.FilesIn(path) : [path];
}
