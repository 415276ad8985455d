using ServiceLoop.Scripting.Declarations;
using ServiceLoop.Scripting.JavaScript;

namespace ServiceLoop.Scripting.Tests.Declarations;

public sealed class ScriptTypesTests
{
    [Fact]
    public void Every_function_and_object_that_scripts_have_is_declared()
    {
        var text = ScriptTypes.Write([], [], []);

        foreach (var name in ScriptGlobals.Names)
            (
                text.Contains($"declare function {name}(", StringComparison.Ordinal)
                || text.Contains($"declare const {name}:", StringComparison.Ordinal)
            ).ShouldBeTrue($"{name} is not declared");
    }

    [Fact]
    public void Nothing_is_declared_that_scripts_do_not_have()
    {
        var names = ScriptTypes
            .Write([], [], [])
            .Split('\n')
            .Where(line => line.StartsWith("declare ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', '(', ':')[2]);

        names.Except(ScriptGlobals.Names).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("String", "string")]
    [InlineData("Int32?", "number")]
    [InlineData("String[]", "string[]")]
    [InlineData("DateTimeOffset", "Date")]
    [InlineData("ByteArray", "Uint8Array")]
    [InlineData("TimeSpan", "string")]
    [InlineData("Acme.Order", "any")]
    public void A_type_is_what_scripts_see_of_it(string alias, string type)
    {
        ScriptTypes.TypeOf(alias).ShouldBe(type);
    }

    [Fact]
    public void Names_that_a_script_cannot_write_have_no_function_of_their_own()
    {
        var text = ScriptTypes.Write(
            [new("first name", "String"), new("Total", "Decimal")],
            [new("a-b", "String")],
            [new("Do it", "Result", "Object")]
        );

        text.ShouldContain("\"first name\": string;");
        text.ShouldContain("declare function getVariable(name: \"first name\"): string;");
        text.ShouldNotContain("getfirst name");
        text.ShouldContain("declare function setTotal(value: number): void;");
        text.ShouldContain("declare function getInput(name: \"a-b\"): string;");
        text.ShouldContain("declare function getResultFromDoIt(): any;");
    }
}
