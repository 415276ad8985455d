using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Fuzz;

/// <summary>Breaks definitions: their bytes, or their members.</summary>
public sealed class DefinitionMutator(Dice dice, FuzzCorpus corpus)
{
    private static readonly string[] Numbers =
    [
        "0",
        "-1",
        "1e999",
        "-1e999",
        "1e-400",
        "99999999999999999999999999",
        "2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "0.1",
        "1.0",
        "79228162514264337593543950336",
    ];

    private static readonly string[] Texts =
    [
        "",
        " ",
        "\\ud800",
        "\\u0000",
        "$type",
        "../..",
        "Int32[][][]",
        "List<List<Object>>",
        "System.Diagnostics.Process, System",
        "00:00:00.0000001",
        "10675199.02:48:05.4775807",
        "9999-12-31T23:59:59.9999999+14:00",
        "NaN",
        "[[[[[[]]]]]]",
        "{\\\"a\\\":{\\\"a\\\":{}}}",
        "Elsa.Workflow",
        "ServiceLoop.WorkflowCall",
        "Elsa.NotFoundActivity",
    ];

    private static readonly string[] Scripts =
    [
        "while(true){}",
        "'x'.repeat(1e9)",
        "[...Array(1e8).keys()]",
        "(function f(){return f()})()",
        "getVariable('x')",
        "setVariable('x', {a:[1,2,3]})",
        "setVariable('x', getVariable('x') + 1)",
        "variables.x",
        "throw new Error('on purpose')",
        "JSON.parse('['.repeat(100000))",
        "new Date().getTime() + Math.random() + newGuid()",
        "/(a+)+b/.test('a'.repeat(40))",
        "let o = {}; o.o = o; o",
        "getOutputFrom('a')",
        "undefined",
        "Symbol('s')",
        "123456789012345678901234567890n",
        "() => 1",
        "globalThis",
        "{{ Variables.x | times: 2 }}",
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{{ 'a' | append: 'b' }}{% if true %}",
        "{% assign x = 1 %}{{ x }}",
        "{{",
    ];

    /// <summary>A definition with one to eight faults.</summary>
    public byte[] Mutate(byte[] definition)
    {
        var bytes = definition;

        if (dice.Percent(75))
            bytes = MutateMembers(bytes, dice.Between(1, 8));

        if (dice.Percent(30))
            bytes = MutateBytes([.. bytes], dice.Between(1, 4));

        return bytes;
    }

    private byte[] MutateBytes(List<byte> bytes, int times)
    {
        for (; times > 0 && bytes.Count > 0; times--)
        {
            var at = dice.Below(bytes.Count);

            switch (dice.Below(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << dice.Below(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(dice.Between(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(dice.Between(1, 200), bytes.Count - at)));
                    break;
                case 3:
                    bytes[at] = (byte)dice.Below(256);
                    break;
                default:
                    var token = dice.Percent(50)
                        ? dice.Of(Numbers)
                        : dice.Of("\"\\ud800\"", "{", "}", "[", "]", "null", ",", "\"", "\u00e9");
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(token));
                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] MutateMembers(byte[] definition, int times)
    {
        JsonNode? root;

        try
        {
            root = JsonNode.Parse(definition);
        }
        catch (JsonException)
        {
            return definition;
        }

        try
        {
            for (; times > 0 && root is not null; times--)
                MutateMember(root);

            return Encoding.UTF8.GetBytes(root?.ToJsonString() ?? "null");
        }
        catch (InvalidOperationException)
        {
            return definition; // two members of one name, left by a mutation, or half a character, which nobody can copy
        }
    }

    private void MutateMember(JsonNode root)
    {
        var all = new List<JsonNode>();
        Collect(root, all);

        if (all.Count == 0)
            return;

        switch (dice.Of<JsonNode>(all))
        {
            case JsonObject { Count: > 0 } json:
                MutateObject(json, all);
                break;
            case JsonArray list:
                MutateList(list, all);
                break;
        }
    }

    private void MutateObject(JsonObject json, List<JsonNode> all)
    {
        var name = dice.Of<string>([.. json.Select(m => m.Key)]);

        switch (dice.Below(10))
        {
            case 0:
                json.Remove(name);
                break;
            case 1:
                json[dice.Of<string>(corpus.Words)] = json[name]?.DeepClone();
                break;
            case 2:
                json[name] = Copy(dice.Of<JsonNode>(all));
                break;
            case 3 or 4 when json["expression"] is JsonObject expression:
                expression["type"] = dice.Of("JavaScript", "JavaScript", "Liquid", "Literal", "Object", "Variable", "Input", "CSharp");
                expression["value"] = dice.Of(Scripts);
                break;
            case 5 when json.ContainsKey("id"):
                json["id"] = dice.Of<string>(corpus.Words);
                break;
            case 6 when json.ContainsKey("activities") || json.ContainsKey("body"):
                json[name] = Copy(json);
                break;
            default:
                json[name] = Leaf();
                break;
        }
    }

    private void MutateList(JsonArray list, List<JsonNode> all)
    {
        switch (dice.Below(4))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(dice.Below(list.Count));
                break;
            case 1 when list.Count > 0:
                for (var i = dice.Percent(90) ? 1 : 300; i > 0; i--)
                    list.Insert(dice.Below(list.Count), Copy(dice.Of<JsonNode?>(list)));

                break;
            case 2:
                list.Add(Copy(dice.Of<JsonNode>(all)));
                break;
            default:
                list.Add(Leaf());
                break;
        }
    }

    private JsonNode? Leaf() =>
        dice.Below(7) switch
        {
            0 => null,
            1 => true,
            2 => new JsonArray(),
            3 => new JsonObject(),
            4 => JsonNode.Parse(dice.Of(Numbers)),
            5 => JsonNode.Parse('"' + dice.Of(Texts) + '"'),
            _ => dice.Of<string>(corpus.Words),
        };

    /// <summary>A copy, unless it would make the definition grow without end.</summary>
    private static JsonNode? Copy(JsonNode? node)
    {
        try
        {
            return node is null || node.ToJsonString().Length > 100_000 ? null : node.DeepClone();
        }
        catch (InvalidOperationException)
        {
            // It holds half a character by now: it can be written no more, so it is not copied either.
            return null;
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> all)
    {
        all.Add(node);

        switch (node)
        {
            case JsonObject json:
                foreach (var (_, value) in json)
                    if (value is not null)
                        Collect(value, all);

                break;
            case JsonArray list:
                foreach (var item in list)
                    if (item is not null)
                        Collect(item, all);

                break;
        }
    }
}
