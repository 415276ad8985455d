using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Scripting.Declarations;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>What the designer's script editors know about a workflow.</summary>
internal static class ScriptingApi
{
    // What Elsa's server says; editors take it for text.
    private const string ContentType = "application/x-typescript";

    /// <summary>For which input of which activity type declarations are asked for; they are the same for all.</summary>
    internal sealed record TypesRequest(string? WorkflowDefinitionId, string? ActivityTypeName, string? PropertyName);

    public static RouteGroupBuilder MapScripting(this RouteGroupBuilder routes)
    {
        routes
            .MapPost("/scripting/javascript/type-definitions/{definitionId}", WriteAsync)
            .Needs(Permissions.DefinitionsRead)
            .WithTags("Scripting")
            .Produces<string>(200, ContentType);
        return routes;
    }

    /// <summary>TypeScript declarations of all that a script of the latest version of a workflow may use.</summary>
    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> WriteAsync(
        string definitionId,
        TypesRequest? request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (await definitions.FindAsync(definitionId, -1, ct) is not { } version)
            return Problems.NotFound("definition.unknown", $"There is no definition '{definitionId}'.");

        var definition = StoredDefinition.Read(version);
        var activities = All((await definitions.OutlineAsync(version, ct)).Workflow).ToList();
        var variables = definition
            .Variables.Select(v => new ScriptValueDeclaration(v.Name, v.TypeName, v.IsArray))
            .Concat(
                activities
                    .Where(a => a.Path != "$" && a.Uses is null)
                    .SelectMany(a => JsonPlace.VariablesAt(definition.Json, a.Path))
                    .Select(v => new ScriptValueDeclaration(v.Name, v.TypeName, v.IsArray))
            );
        var outputs = activities
            .Where(a => a.Path != "$")
            .SelectMany(a =>
                OutputsOf(a)
                    .SelectMany(o =>
                        new[] { a.Name, definition.HasModernTooling ? null : a.Id }
                            .OfType<string>()
                            .Where(name => name.Length > 0)
                            .Select(name => new ScriptOutputDeclaration(name, o.Name, o.Type))
                    )
            );
        return TypedResults.Text(
            ScriptTypes.Write(variables, definition.Inputs.Select(i => new ScriptValueDeclaration(i.Name, i.TypeName, i.IsArray)), outputs),
            ContentType,
            Encoding.UTF8
        );
    }

    /// <summary>All activities of the definition itself; not those of workflows that it uses.</summary>
    private static IEnumerable<OutlinedActivity> All(OutlinedActivity activity) =>
        activity.Uses is null ? activity.Children.SelectMany(All).Prepend(activity) : [activity];

    private static IEnumerable<(string Name, string Type)> OutputsOf(OutlinedActivity activity) =>
        activity.Uses is { } used
            ? used.Outputs.Select(o => (o.Name, o.IsArray ? $"{o.TypeName}[]" : o.TypeName))
            : activity.Descriptor.Outputs.Select(o => (o.Name, BuiltInDescriptors.AliasOf(o.Type)));
}
