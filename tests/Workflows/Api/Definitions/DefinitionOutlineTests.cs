using System.Text.Json;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>Node ids on the canvas and in the journal are one and the same text.</summary>
public sealed class DefinitionOutlineTests
{
    [Theory]
    [InlineData("elsa-3.6.3.jsonl")]
    [InlineData("own.jsonl")]
    public void Every_node_of_a_graph_is_in_the_outline_under_its_node_id(string file)
    {
        var compiler = Parts.Compiler();
        var compared = 0;

        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", file)))
        {
            using var golden = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 600 });
            var definitions = golden
                .RootElement.GetProperty("given")
                .GetProperty("defs")
                .EnumerateArray()
                .Select(d => ElsaJson.Read(d.Clone()) with { IsPublished = true })
                .ToList();
            var source = new DefinitionSet(definitions);

            foreach (var definition in definitions)
            {
                if (compiler.Compile(definition, source).Graph is not { } graph)
                    continue;

                var outline = compiler.Outline(definition, source);
                outline.Workflow.NodeId.ShouldBe(graph.Root.NodeId);

                foreach (var node in graph.Nodes)
                {
                    outline.FindByNodeId(node.NodeId).ShouldNotBeNull($"{golden.RootElement.GetProperty("name")}: {node.NodeId}");
                    compared++;
                }
            }
        }

        compared.ShouldBeGreaterThan(300);
    }
}
