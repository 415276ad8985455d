using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ServiceLoop.Architecture.Tests;

/// <summary>What the tests ask of one built assembly, read from its file without loading it.</summary>
internal sealed record CompiledAssembly(string Name, IReadOnlyList<AssemblyReference> References, IReadOnlyList<string> TypeNames)
{
    /// <summary>The assemblies of <c>src</c>, in the order of <see cref="Layering.Allowed"/>; a missing file is an error.</summary>
    public static IReadOnlyList<CompiledAssembly> Ours { get; } =
    [.. Layering.Allowed.Keys.Select(folder => Read(Path.Combine(AppContext.BaseDirectory, AssemblyReference.Name(folder) + ".dll")))];

    public static CompiledAssembly Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file);
    }

    public static CompiledAssembly Read(Stream file)
    {
        using var pe = new PEReader(file, PEStreamOptions.LeaveOpen);
        var metadata = pe.GetMetadataReader();
        var name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        var references = metadata.AssemblyReferences.Select(handle => new AssemblyReference(
            name,
            metadata.GetString(metadata.GetAssemblyReference(handle).Name)
        ));
        var types = metadata.TypeDefinitions.Select(handle => metadata.GetString(metadata.GetTypeDefinition(handle).Name));
        return new(name, [.. references], [.. types]);
    }
}
