using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServiceLoop.TestKit;

/// <summary>What a test project may take for granted about the assembly that it tests.</summary>
public static class AssemblyAssertions
{
    /// <summary>Loads the assembly that <paramref name="tests"/> are named after: ServiceLoop.Engine for ServiceLoop.Engine.Tests.</summary>
    public static Assembly Subject(Assembly tests)
    {
        var name = tests.GetName().Name.ShouldNotBeNull();
        name.ShouldEndWith(".Tests");
        return Assembly.Load(name[..^".Tests".Length]);
    }

    /// <summary>The subject shows its internals to <paramref name="friend"/> and to no other assembly.</summary>
    public static void ShouldOpenItselfOnlyTo(this Assembly subject, Assembly friend)
    {
        var friends = subject.GetCustomAttributes<InternalsVisibleToAttribute>().Select(attribute => attribute.AssemblyName);

        friends.ShouldBe([friend.GetName().Name.ShouldNotBeNull()]);
    }
}
