using System.Text;
using System.Text.RegularExpressions;
using ServiceLoop.Scripting.JavaScript;

namespace ServiceLoop.Scripting.Declarations;

/// <summary>A variable, input or output that scripts may name.</summary>
/// <param name="Name">Name, as it was declared.</param>
/// <param name="Type">Alias of the type, such as <c>Int32</c>.</param>
/// <param name="IsArray">True: an array of the type.</param>
public sealed record ScriptValueDeclaration(string Name, string Type, bool IsArray = false);

/// <summary>An output of an activity that scripts may read.</summary>
/// <param name="ActivityName">Name of the activity.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Type">Alias of the type.</param>
public sealed record ScriptOutputDeclaration(string ActivityName, string Output, string Type);

/// <summary>What a script of a workflow may use, as TypeScript declarations: editors complete and check by them.</summary>
public static partial class ScriptTypes
{
    private static readonly Lazy<string> Constant = new(ReadConstant);

    /// <summary>Writes the declarations.</summary>
    /// <param name="variables">Variables in sight, inner ones first.</param>
    /// <param name="inputs">Inputs of the workflow.</param>
    /// <param name="outputs">Outputs of its activities.</param>
    public static string Write(
        IEnumerable<ScriptValueDeclaration> variables,
        IEnumerable<ScriptValueDeclaration> inputs,
        IEnumerable<ScriptOutputDeclaration> outputs
    )
    {
        var text = new StringBuilder(Constant.Value);
        var functions = new HashSet<string>(StringComparer.Ordinal);
        var own = variables.Where(v => v.Name.Length > 0).DistinctBy(v => v.Name, StringComparer.OrdinalIgnoreCase).ToList();
        var given = inputs.Where(i => i.Name.Length > 0).DistinctBy(i => i.Name, StringComparer.OrdinalIgnoreCase).ToList();

        text.Append("\n// The variables of this workflow.\ninterface WorkflowVariables {\n");

        foreach (var variable in own)
            text.Append("  ").Append(Member(variable.Name)).Append(": ").Append(TypeOf(variable)).Append(";\n");

        text.Append("  [name: string]: any;\n}\ndeclare const variables: WorkflowVariables;\n");

        foreach (var output in outputs)
            Function(text, functions, $"get{output.Output}From{Together(output.ActivityName)}", "", TypeOf(output.Type));

        foreach (var input in given)
        {
            Function(text, functions, $"get{input.Name}", "", TypeOf(input));
            text.Append("declare function getInput(name: ").Append(Quoted(input.Name)).Append("): ").Append(TypeOf(input)).Append(";\n");
        }

        foreach (var variable in own)
        {
            var name = Accessors.Pascal(variable.Name);

            if (Accessors.IsVariableName(name))
            {
                Function(text, functions, $"get{name}", "", TypeOf(variable));
                Function(text, functions, $"set{name}", $"value: {TypeOf(variable)}", "void");
            }

            text.Append("declare function getVariable(name: ")
                .Append(Quoted(variable.Name))
                .Append("): ")
                .Append(TypeOf(variable))
                .Append(";\n");
        }

        return text.ToString();
    }

    /// <summary>The TypeScript type that a script sees of an alias.</summary>
    public static string TypeOf(string alias)
    {
        var name = alias.Trim().TrimEnd('?');

        if (name.EndsWith("[]", StringComparison.Ordinal))
            return $"{TypeOf(name[..^2])}[]";

        return name.ToUpperInvariant() switch
        {
            "STRING" or "GUID" or "TIMESPAN" or "FLOWJOINMODE" or "SWITCHMODE" => "string",
            "BOOLEAN" or "BOOL" => "boolean",
            "INT16" or "INT32" or "INT64" or "LONG" or "SINGLE" or "DOUBLE" or "DECIMAL" or "HTTPSTATUSCODE" => "number",
            "DATETIME" or "DATETIMEOFFSET" => "Date",
            "BYTEARRAY" or "STREAM" => "Uint8Array",
            "STRINGDICTIONARY" or "STRINGMAP" => "Record<string, string>",
            "OBJECTDICTIONARY" or "OBJECTMAP" or "JSONOBJECT" => "Record<string, any>",
            "JSONARRAY" => "any[]",
            _ => "any",
        };
    }

    private static string TypeOf(ScriptValueDeclaration value) => value.IsArray ? $"{TypeOf(value.Type)}[]" : TypeOf(value.Type);

    private static void Function(StringBuilder text, HashSet<string> functions, string name, string parameters, string result)
    {
        // What a script cannot write down it cannot call.
        if (Identifier().IsMatch(name) && functions.Add(name))
            text.Append("declare function ").Append(name).Append('(').Append(parameters).Append("): ").Append(result).Append(";\n");
    }

    private static string Member(string name) => Identifier().IsMatch(name) ? name : Quoted(name);

    private static string Quoted(string name) => System.Text.Json.JsonSerializer.Serialize(name);

    /// <summary>"Ask customer" as scripts name it: <c>AskCustomer</c>.</summary>
    private static string Together(string name) =>
        string.Concat(name.Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries).Select(Accessors.Pascal));

    private static string ReadConstant()
    {
        using var stream = typeof(ScriptTypes).Assembly.GetManifestResourceStream("serviceloop.d.ts")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{Nd}_$]*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();
}
