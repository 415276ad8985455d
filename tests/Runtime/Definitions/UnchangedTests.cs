using System.Text;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Runtime.Tests.Definitions;

/// <summary>When saving again changes nothing.</summary>
public sealed class UnchangedTests
{
    private const string Start = """{ "id": "a", "type": "Elsa.WriteLine", "text": "1" }""";
    private const string Next = """{ "id": "b", "type": "Elsa.WriteLine", "text": "2" }""";
    private const string Last = """{ "id": "c", "type": "Elsa.WriteLine", "text": "3" }""";
    private const string Chain =
        """ "connections": [ { "source": { "activity": "a" }, "target": { "activity": "b" } }, { "source": { "activity": "b" }, "target": { "activity": "c" } } ] """;

    private const string Usual = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    public static TheoryData<string, string> SameOnes =>
        new()
        {
            { """{ "name": "n", "root": null }""", """{ "root": null, "name": "n" }""" },
            {
                """{ "id": "1", "definitionId": "d", "version": 3, "isLatest": true, "isPublished": true, "createdAt": "2026-01-01T00:00:00Z", "links": [1] }""",
                """{ "id": "2", "definitionId": "d", "version": 4, "isLatest": false, "isPublished": false, "materializerName": "Json" }"""
            },
            {
                """{ "variables": [], "inputs": null, "customProperties": {}, "options": { "usableAsActivity": false, "activityCategory": null } }""",
                "{ }"
            },
            { """{ "toolVersion": "3.6.0.0" }""", """{ "toolVersion": "3.8.0.0" }""" },
            { Kept("ServiceLoop.EncryptedStorageDriver, ServiceLoop"), Kept(Usual, """ , "isSensitive": true """) },
            { Activity(""" "nodeId": "Workflow1:a" """), Activity(""" "version": 1 """, with: false) },
            {
                Activity(""" "metadata": { "designer": { "position": { "x": 320.0, "y": 1e1 } } } """),
                Activity(
                    """ "metadata": { "displayText": null, "showDescription": false, "designer": { "position": { "y": 10, "x": 320 } } } """
                )
            },
            {
                Activity(
                    """ "text": { "typeName": "String", "expression": { "type": "Literal", "value": "x" }, "memoryReference": null } """
                ),
                Activity(""" "text": { "typeName": "String", "expression": { "value": "x", "type": "Literal" } } """)
            },
            { Chart($"{Start}, {Next}, {Last}", Chain), Chart($"{Start}, {Last}, {Next}", Chain) },
            { Chart($"{Start}, {Next}, {Last}", Chain), Chart($"{Next}, {Last}, {Start}", Chain) },
        };

    public static TheoryData<string, string> DifferentOnes =>
        new()
        {
            { """{ "name": "n" }""", """{ "name": "m" }""" },
            { """{ "isReadonly": true }""", "{ }" },
            { """{ "toolVersion": "2.9.0.0" }""", """{ "toolVersion": "3.8.0.0" }""" },
            { """{ "options": { "usableAsActivity": true } }""", """{ "options": { } }""" },
            { """{ "customProperties": { "flowSemantics": "sound" } }""", "{ }" },
            { Activity(""" "text": null """), Activity(""" "other": 1 """) },
            { Activity(""" "text": "" """), Activity(""" "text": null """) },
            { Activity(""" "nodeId": "x" """), Activity(""" "nodeId": "y" """) },
            {
                Activity(""" "metadata": { "expression": { "value": "" } } """),
                Activity(""" "metadata": { "expression": { "value": null } } """)
            },
            { Activity(""" "n": 1.0000000000000000000000000001 """), Activity(""" "n": 1.0000000000000000000000000002 """) },
            {
                Activity(""" "metadata": { "designer": { "position": { "x": 320 } } } """),
                Activity(""" "metadata": { "designer": { "position": { "x": 321 } } } """)
            },
            { Kept("ServiceLoop.EncryptedStorageDriver, ServiceLoop"), Kept(Usual) },
            // Of two that the chart could start with, the first one counts.
            { Chart($"{Start}, {Next}", """ "connections": [] """), Chart($"{Next}, {Start}", """ "connections": [] """) },
            {
                Chart($"{Start}, {Next}, {Last}", Chain),
                Chart($"{Start}, {Next}, {Last}", Chain.Replace("\"b\" }, \"target\"", "\"a\" }, \"target\"", StringComparison.Ordinal))
            },
            { Sequence($"{Start}, {Next}"), Sequence($"{Next}, {Start}") },
        };

    [Theory]
    [MemberData(nameof(SameOnes))]
    public void What_says_the_same_is_the_same(string one, string other)
    {
        DefinitionContent.AreSame(Read(one), Read(other)).ShouldBeTrue();
        DefinitionContent.AreSame(Read(other), Read(one)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(DifferentOnes))]
    public void A_change_is_never_taken_for_none(string one, string other)
    {
        DefinitionContent.AreSame(Read(one), Read(other)).ShouldBeFalse();
        DefinitionContent.AreSame(Read(one), Read(one)).ShouldBeTrue();
    }

    [Fact]
    public void Lines_that_call_sites_name_are_found_at_any_depth()
    {
        var definition = Read(
            Chart(
                """{ "id": "a", "type": "Sub", "WorkflowDefinitionId": "sub" }, { "id": "b", "type": "Elsa.If", "then": { "workflowDefinitionId": "other", "body": { "workflowDefinitionId": "sub" } } }""",
                """ "connections": [] """
            )
        );

        DefinitionContent.ConsumedLines(definition.Root).ShouldBe(["other", "sub"]);
    }

    private static WorkflowDefinition Read(string json) => ElsaJson.Read(Encoding.UTF8.GetBytes(json));

    private static string Kept(string driver, string more = "") =>
        $$"""
            {
              "variables": [ { "id": "v", "name": "v", "typeName": "String", "storageDriverTypeName": "{{driver}}"{{more}} } ],
              "inputs": [ { "name": "i", "type": "String", "storageDriverType": "{{driver}}"{{more}} } ]
            }
            """;

    private static string Activity(string members, bool with = true) =>
        $$"""{ "root": { "id": "a", "type": "Elsa.WriteLine" {{(with ? "," + members : "")}} } }""";

    private static string Chart(string activities, string connections) =>
        $$"""{ "root": { "id": "f", "type": "Elsa.Flowchart", "activities": [ {{activities}} ], {{connections}} } }""";

    private static string Sequence(string activities) =>
        $$"""{ "root": { "id": "s", "type": "Elsa.Sequence", "activities": [ {{activities}} ] } }""";
}
