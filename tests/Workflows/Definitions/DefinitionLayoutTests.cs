using System.Text.Json;
using ServiceLoop.Workflows.Tests.CommandLine;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>The shipped definitions can be read as drawings: from left to right, nothing on top of anything else, in both languages.</summary>
public sealed class DefinitionLayoutTests
{
    private static readonly string[] Owners = ["system", "bot", "agent", "customer", "partner"];

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(ShippedDesk.Folder, "*.json").Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_step_has_a_name_in_both_languages_and_an_owner(string file)
    {
        foreach (var step in Chart.Read(file).Steps)
        {
            step.Text.Any(c => c is >= 'a' and <= 'z').ShouldBeTrue($"{step.Id}: {step.Text}");
            step.Text.Any(c => c is >= '\u4e00' and <= '\u9fff').ShouldBeTrue($"{step.Id}: {step.Text}");
            Owners.ShouldContain(step.Owner, step.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_step_of_a_person_ends_by_itself_after_some_time(string file)
    {
        foreach (var step in Chart.Read(file).Steps.Where(s => s.Type == "ServiceLoop.AssignTask"))
            step.Json.GetProperty("timeout").GetProperty("expression").GetProperty("value").GetString().ShouldNotBeNullOrEmpty(step.Id);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_outcome_of_a_task_leads_somewhere(string file)
    {
        var chart = Chart.Read(file);

        foreach (var step in chart.Steps.Where(s => s.Type == "ServiceLoop.AssignTask"))
        {
            var outcomes = JsonSerializer.Deserialize<string[]>(
                step.Json.GetProperty("answerOutcomes").GetProperty("expression").GetProperty("value").GetString()!
            )!;
            var ways = chart.Lines.Where(l => l.From.Id == step.Id).Select(l => l.Port).ToHashSet();
            ways.ShouldBe([.. outcomes, "Timed out", "Cancelled"], ignoreOrder: true, $"{step.Id}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_lies_on_anything_else(string file)
    {
        var chart = Chart.Read(file);

        foreach (var (i, one) in chart.Steps.Index())
        foreach (var other in chart.Steps.Take(i))
            one.Touches(other).ShouldBeFalse($"{one.Id} and {other.Id}");

        foreach (var line in chart.Lines)
        foreach (var step in chart.Steps.Where(s => s.Id != line.From.Id && s.Id != line.To.Id))
            line.Segments.Any(s => step.IsHitBy(s)).ShouldBeFalse($"{line} goes through {step.Id}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Lines_go_from_left_to_right_and_those_back_have_bends(string file)
    {
        foreach (var line in Chart.Read(file).Lines.Where(l => l.To.X < l.From.X + l.From.Width))
            line.Bends.ShouldNotBeEmpty($"{line}");
    }

    /// <remarks>At which height a line leaves its step, only Studio knows; the browser test looks at lines of one step.</remarks>
    [Theory]
    [MemberData(nameof(Files))]
    public void No_two_lines_cross(string file)
    {
        var lines = Chart.Read(file).Lines.DistinctBy(l => (l.From.Id, l.To.Id, string.Join(';', l.Bends))).ToList();

        foreach (var (i, one) in lines.Index())
        foreach (var other in lines.Take(i).Where(l => l.From.Id != one.From.Id && l.To.Id != one.To.Id))
            one.Segments.Any(a => other.Segments.Any(b => Segment.Cross(a, b))).ShouldBeFalse($"{one} and {other}");
    }

    [Fact]
    public async Task All_compile_without_a_warning()
    {
        var files = Files.Select(f => Path.Combine(ShippedDesk.Folder, f.Data)).ToArray();

        var said = (await CommandRun.Of(["check", .. files])).Output;

        said.ShouldContain($"{files.Length} checked: 0 errors, 0 warnings.");
    }

    private sealed record Point(double X, double Y);

    private sealed record Segment(Point A, Point B)
    {
        public static bool Cross(Segment one, Segment other) =>
            Side(other, one.A) * Side(other, one.B) < 0 && Side(one, other.A) * Side(one, other.B) < 0;

        private static double Side(Segment s, Point p) => (s.B.X - s.A.X) * (p.Y - s.A.Y) - (s.B.Y - s.A.Y) * (p.X - s.A.X);
    }

    private sealed record Step(
        string Id,
        string Type,
        string Text,
        string? Owner,
        double X,
        double Y,
        double Width,
        double Height,
        JsonElement Json
    )
    {
        private const double Gap = 10;
        private const double Rim = 6;

        public bool Touches(Step other) =>
            X < other.X + other.Width + Gap && other.X < X + Width + Gap && Y < other.Y + other.Height + Gap && other.Y < Y + Height + Gap;

        public bool IsHitBy(Segment line)
        {
            var (left, top, right, bottom) = (X + Rim, Y + Rim, X + Width - Rim, Y + Height - Rim);
            Point[] corners = [new(left, top), new(right, top), new(right, bottom), new(left, bottom)];
            bool Holds(Point p) => p.X > left && p.X < right && p.Y > top && p.Y < bottom;
            return Holds(line.A)
                || Holds(line.B)
                || corners.Index().Any(c => Segment.Cross(line, new(c.Item, corners[(c.Index + 1) % corners.Length])));
        }
    }

    private sealed record Line(Step From, string Port, Step To, IReadOnlyList<Point> Bends)
    {
        public IEnumerable<Segment> Segments
        {
            get
            {
                // The first bend of a line, if there is one, lies at the height of its port.
                var start = Bends is [var bend, ..] ? Math.Clamp(bend.Y, From.Y, From.Y + From.Height) : From.Y + From.Height / 2;
                var points = new List<Point> { new(From.X + From.Width, start) };
                points.AddRange(Bends);
                points.Add(new(To.X, To.Y + To.Height / 2));
                return points.Zip(points.Skip(1), (a, b) => new Segment(a, b));
            }
        }

        public override string ToString() => $"{From.Id} –{Port}→ {To.Id}";
    }

    private sealed record Chart(IReadOnlyList<Step> Steps, IReadOnlyList<Line> Lines)
    {
        public static Chart Read(string file)
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ShippedDesk.Folder, file)));
            var root = document.RootElement.GetProperty("root").Clone();
            var steps = root.GetProperty("activities").EnumerateArray().Select(StepOf).ToList();
            var byId = steps.ToDictionary(s => s.Id);
            var lines = root.GetProperty("connections").EnumerateArray().Select(c => LineOf(c, byId)).ToList();
            return new(steps, lines);
        }

        private static Step StepOf(JsonElement json)
        {
            var metadata = json.GetProperty("metadata");
            var designer = metadata.GetProperty("designer");
            var (at, size) = (designer.GetProperty("position"), designer.GetProperty("size"));
            return new(
                json.GetProperty("id").GetString()!,
                json.GetProperty("type").GetString()!,
                metadata.GetProperty("displayText").GetString()!,
                json.GetProperty("customProperties").GetProperty("owner").GetString(),
                at.GetProperty("x").GetDouble(),
                at.GetProperty("y").GetDouble(),
                size.GetProperty("width").GetDouble(),
                size.GetProperty("height").GetDouble(),
                json
            );
        }

        private static Line LineOf(JsonElement json, Dictionary<string, Step> steps)
        {
            var (from, to) = (json.GetProperty("source"), json.GetProperty("target"));
            var bends = json.GetProperty("vertices")
                .EnumerateArray()
                .Select(v => new Point(v.GetProperty("x").GetDouble(), v.GetProperty("y").GetDouble()));
            return new(
                steps[from.GetProperty("activity").GetString()!],
                from.GetProperty("port").GetString()!,
                steps[to.GetProperty("activity").GetString()!],
                [.. bends]
            );
        }
    }
}
