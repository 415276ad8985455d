using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServiceLoop.Workflows.Reference;

/// <summary>What the documentation of handlers says; read once from the file that the compiler writes beside the assembly.</summary>
internal sealed partial class HandlerTexts
{
    private readonly Dictionary<string, XElement> members;

    private HandlerTexts(Dictionary<string, XElement> members) => this.members = members;

    /// <summary>Reads the file of an assembly; without a file there are no texts.</summary>
    public static HandlerTexts Read(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var found = new Dictionary<string, XElement>(StringComparer.Ordinal);

        if (File.Exists(path))
            foreach (var member in XDocument.Load(path).Descendants("member"))
                if (member.Attribute("name")?.Value is ['M', ':', .. var name])
                    found.TryAdd(name.Split('(')[0], member);

        return new HandlerTexts(found);
    }

    /// <summary>The first words about a handler; null when nothing is said.</summary>
    public string? SummaryOf(MethodInfo handler) => Text(Find(handler)?.Element("summary"));

    /// <summary>What more is said; null when nothing is.</summary>
    public string? RemarksOf(MethodInfo handler) => Text(Find(handler)?.Element("remarks"));

    /// <summary>What is said about a parameter; null when nothing is.</summary>
    public string? ParameterOf(MethodInfo handler, string name) =>
        Text(
            Find(handler)
                ?.Elements("param")
                .FirstOrDefault(p => string.Equals(p.Attribute("name")?.Value, name, StringComparison.OrdinalIgnoreCase))
        );

    private XElement? Find(MethodInfo handler) =>
        members.GetValueOrDefault($"{handler.DeclaringType?.FullName?.Replace('+', '.')}.{handler.Name}");

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;

        var text = string.Concat(element.DescendantNodes().Select(Plain));
        return Blanks().Replace(text, " ").Trim() is { Length: > 0 } found ? found : null;
    }

    private static string Plain(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => (
                reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword")
            )?.Value.Split(':', '.')[^1]
                ?? "",
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
