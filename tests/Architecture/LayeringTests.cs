using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace ServiceLoop.Architecture.Tests;

public sealed class LayeringTests
{
    [Fact]
    public void References_point_one_way()
    {
        var references = CompiledAssembly.Ours.SelectMany(assembly => assembly.References);

        Layering.Violations(references).ShouldBeEmpty();
    }

    [Fact]
    public void A_planted_reference_that_points_backwards_is_found()
    {
        using var planted = AssemblyFile("ServiceLoop.Engine", "System.Runtime", "ServiceLoop.Runtime");

        var violations = Layering.Violations(CompiledAssembly.Read(planted).References);

        violations.ShouldBe(["ServiceLoop.Engine → ServiceLoop.Runtime"]);
    }

    [Theory]
    [InlineData("ServiceLoop.ServiceDesk", "ServiceLoop.Engine", true)]
    [InlineData("ServiceLoop.Designer", "ServiceLoop.Engine", true)]
    [InlineData("ServiceLoop.Scripting", "ServiceLoop.Runtime", false)]
    [InlineData("ServiceLoop.Designer", "ServiceLoop.Activities", false)]
    [InlineData("ServiceLoop.Runtime", "ServiceLoop.TestKit", false)]
    public void What_a_reference_may_use_is_allowed_and_nothing_else(string from, string to, bool allowed)
    {
        var violations = Layering.Violations([new(from, to)]);

        violations.ShouldBe(allowed ? [] : [$"{from} → {to}"]);
    }

    [Fact]
    public void Engine_needs_nothing_but_the_runtime_of_NET()
    {
        var framework = RuntimeEnvironment.GetRuntimeDirectory();
        var engine = CompiledAssembly.Ours.Single(assembly => assembly.Name == "ServiceLoop.Engine");

        var foreign = engine.References.Where(reference => !File.Exists(Path.Combine(framework, reference.To + ".dll")));

        foreign.ShouldBeEmpty();
    }

    [Fact]
    public void Project_files_name_what_the_table_names()
    {
        foreach (var (folder, allowed) in Layering.Allowed)
        {
            var project = XDocument.Load(Path.Combine(SourceTree.Root, "src", folder, folder + ".csproj"));
            var named = project
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

            named.ShouldBe(allowed, ignoreOrder: true, $"project references of src/{folder}");
        }
    }

    [Fact]
    public void Every_folder_of_src_stands_in_the_table()
    {
        var folders = Directory.GetDirectories(Path.Combine(SourceTree.Root, "src")).Select(Path.GetFileName);

        folders.ShouldBe(Layering.Allowed.Keys, ignoreOrder: true);
    }

    private static MemoryStream AssemblyFile(string name, params string[] references)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString(name + ".dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(name), new Version(1, 0), default, default, default, default);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, Fields, Methods);
        foreach (var reference in references)
        {
            metadata.AddAssemblyReference(metadata.GetOrAddString(reference), new Version(1, 0), default, default, default, default);
        }

        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder()).Serialize(image);
        return new MemoryStream(image.ToArray());
    }

    private static FieldDefinitionHandle Fields => MetadataTokens.FieldDefinitionHandle(1);

    private static MethodDefinitionHandle Methods => MetadataTokens.MethodDefinitionHandle(1);
}
