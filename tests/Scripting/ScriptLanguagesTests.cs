namespace ServiceLoop.Scripting.Tests;

public sealed class ScriptLanguagesTests
{
    [Fact]
    public void Both_languages_are_there_under_the_names_that_definitions_use()
    {
        ScriptLanguages.All().Select(language => language.Type).ShouldBe(["JavaScript", "Liquid"]);
    }

    [Fact]
    public void Limits_reach_both_languages()
    {
        var scope = new FakeScope();
        var sources = new[] { "for (var i = 0; i < 9; i++);", "{% for i in (1..9) %}{% endfor %}" };

        foreach (var (language, source) in ScriptLanguages.All(new() { MaxStatements = 5, MaxTemplateLoops = 5 }).Zip(sources))
            Should
                .Throw<Engine.Expressions.ExpressionException>(() => language.Compile(source).Evaluate(scope))
                .Message.ShouldContain("more than 5 ");
    }
}
