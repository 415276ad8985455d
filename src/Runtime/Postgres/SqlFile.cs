using System.Reflection;

namespace ServiceLoop.Runtime.Postgres;

/// <summary>SQL statements that stand in files beside the code that sends them: <c>&lt;Feature&gt;/Sql/&lt;table&gt;.&lt;verb&gt;.sql</c>, embedded in the assembly.</summary>
/// <remarks>Load each statement once: <c>private static readonly string Insert = SqlFile.Beside&lt;CaseStore&gt;("case.insert");</c>.</remarks>
public static class SqlFile
{
    /// <summary>The statement <paramref name="name"/> from the folder <c>Sql</c> beside <typeparamref name="T"/>, without its header comment.</summary>
    /// <param name="name">File name without <c>.sql</c>, for example <c>bookmark.find_by_hash</c>; case-sensitive.</param>
    /// <typeparam name="T">A type whose namespace follows its folder, as everywhere in this house.</typeparam>
    /// <exception cref="FileNotFoundException">No such file was embedded; the message lists those that were.</exception>
    public static string Beside<T>(string name) => Load(typeof(T).Assembly, $"{typeof(T).Namespace}.Sql.", name);

    private static string Load(Assembly assembly, string folder, string name)
    {
        using var stream = assembly.GetManifestResourceStream($"{folder}{name}.sql");
        if (stream is null)
        {
            var known = assembly.GetManifestResourceNames().Where(file => file.StartsWith(folder, StringComparison.Ordinal));
            throw new FileNotFoundException(
                $"The statement '{name}.sql' is not embedded in {assembly.GetName().Name}. The folder '{folder}' has: {string.Join(", ", known)}."
            );
        }

        using var reader = new StreamReader(stream);
        return WithoutHeader(reader.ReadToEnd());
    }

    // The comment is for people; on the wire it would be sent and parsed with every call that is not prepared.
    private static string WithoutHeader(string text) =>
        string.Join(
                '\n',
                text.ReplaceLineEndings("\n")
                    .Split('\n')
                    .SkipWhile(line => line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal))
            )
            .TrimEnd();
}
