namespace ServiceLoop.ServiceDesk.Tests.Tasks;

/// <summary>Inputs of <c>AssignTask</c> as definitions have them.</summary>
internal static class Inputs
{
    public const string Approval = """
        "title": {"typeName": "String", "expression": {"type": "Literal", "value": "Approve the refund"}},
        "answerOutcomes": {"typeName": "String[]", "expression": {"type": "Object", "value": "[\"approve\", \"reject\"]"}},
        "form": {"typeName": "Object", "expression": {"type": "Literal", "value": "{\"type\": \"object\", \"required\": [\"amount\"], \"properties\": {\"amount\": {\"type\": \"number\", \"maximum\": 500}, \"note\": {\"type\": \"string\"}}}"}}
        """;

    public const string OneHour = """, "timeout": {"typeName": "TimeSpan", "expression": {"type": "Literal", "value": "01:00:00"}}""";

    public static string Of(string name, string value) =>
        $$$""", "{{{name}}}": {"typeName": "String", "expression": {"type": "Literal", "value": "{{{value}}}"}}""";

    public static string Json(string name, string value) =>
        $$$""", "{{{name}}}": {"typeName": "Object", "expression": {"type": "Object", "value": {{{System.Text.Json.JsonSerializer.Serialize(value)}}}}}""";
}
