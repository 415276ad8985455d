using ServiceLoop.Designer.Admin.Definitions;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Designer.Values;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Files;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Tests.Language;

/// <summary>Texts that pages name by a value: each value needs its own.</summary>
public sealed class ChoicesTests
{
    private const string Instances = "Admin/Instances/InstancesTexts";
    private const string Definitions = "Admin/Definitions/DefinitionsTexts";

    [Theory]
    [InlineData(typeof(WorkflowSubStatus), Instances, "SubStatus{0}")]
    [InlineData(typeof(IncidentKind), Instances, "Incident{0}")]
    [InlineData(typeof(IncidentKind), Instances, "Incident{0}Hint")]
    [InlineData(typeof(JournalEvent), Instances, "Event{0}")]
    [InlineData(typeof(InstanceSort), Instances, "Order{0}")]
    [InlineData(typeof(BulkAction), Instances, "{0}ManyTitle")]
    [InlineData(typeof(BulkAction), Instances, "{0}ManyText")]
    [InlineData(typeof(BulkAction), Instances, "{0}ManyAction")]
    [InlineData(typeof(ResumeOutcome), Instances, "Resume{0}", "Resumed")]
    [InlineData(typeof(RunningInstances), Definitions, "Running{0}")]
    [InlineData(typeof(RunningInstances), Definitions, "Running{0}Text")]
    [InlineData(typeof(DeleteResult), Definitions, "Delete{0}", "Deleted")]
    [InlineData(typeof(PublicationKind), Definitions, "Did{0}")]
    [InlineData(typeof(FileFlaw), Definitions, "File{0}")]
    [InlineData(typeof(CompileSeverity), "Admin/Definitions/LintTexts", "{0}")]
    [InlineData(typeof(WorkKind), "Admin/Work/WorkTexts", "Kind{0}")]
    [InlineData(typeof(ValueFlaw), "Values/ValuesTexts", "Flaw{0}")]
    [InlineData(typeof(PersonAct), "Admin/People/PeopleTexts", "Act{0}")]
    [InlineData(typeof(PersonAct), "Admin/People/PeopleTexts", "Act{0}Text")]
    [InlineData(typeof(PersonAct), "Admin/People/PeopleTexts", "Did{0}")]
    [InlineData(typeof(PersonState), "Admin/People/PeopleTexts", "State{0}")]
    [InlineData(typeof(KeyState), "Admin/People/PeopleTexts", "Key{0}")]
    [InlineData(typeof(AppearanceChoice), "Shell/ShellTexts", "Appearance{0}")]
    public void Every_value_has_its_text(Type choice, string file, string name, string? except = null)
    {
        var texts = TextFile.English(file);

        var missing = Enum.GetNames(choice)
            .Where(v => v != except)
            .Select(v => string.Format(name, v))
            .Where(key => !texts.ContainsKey(key));

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_place_of_the_navigation_has_its_name_and_what_it_is_for()
    {
        var names = TextFile.English("Shell/ShellTexts");
        var abouts = TextFile.English("Home/HomeTexts");

        foreach (var place in Navigation.Sections.SelectMany(s => s.Places))
        {
            names.ShouldContainKey(place.Text);

            if (place.Address != "/")
                abouts.ShouldContainKey($"About{place.Text}");
        }
    }
}
