using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>
/// Random charts without loops, random edits, a migration somewhere in the middle: what ran before and what runs after, together, is what a model says
/// from the edges alone. No step is lost, none comes twice.
/// </summary>
public sealed class RandomEditTests
{
    private const int Charts = 1500;

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    public void Whatever_is_edited_nothing_is_lost_and_nothing_comes_twice(FlowSemantics semantics)
    {
        var (moved, refused, codes) = (0, 0, new HashSet<string>());

        for (var seed = 1ul; seed <= Charts; seed++)
        {
            var dice = new Dice(seed);
            var old = Plan.Random(dice);
            var (edited, plan) = old.Edited(dice);
            var life = Versions.Start(Versions.Compile(1, old.Json(), semantics: semantics));

            for (var i = dice.Below(4); i > 0 && life.State.SubStatus == WorkflowSubStatus.Suspended; i--)
                life.Wake(dice.Of<string>([.. life.Waiting]));

            if (life.State.SubStatus != WorkflowSubStatus.Suspended)
                continue;

            var before = life.Ran;
            var here = life.Waiting.ToHashSet(StringComparer.Ordinal);
            var target = Versions.Compile(2, edited.Json(), semantics: semantics);
            var result = life.Try(target, plan);

            if (result.Verdict != MigrationVerdict.Ready)
            {
                result.Refusals.ShouldNotBeEmpty();
                codes.UnionWith(result.Refusals.Select(r => r.Code));
                refused++;
                continue;
            }

            moved++;
            life.Move(target, plan);
            var context = $"seed {seed}\n{old}\n{edited}\nbefore: {string.Join(' ', before)}, at: {string.Join(' ', here)}";

            // Every waiting step waits still, under its new name.
            life.Waiting.ShouldBe(here.Select(NewName).Order(StringComparer.Ordinal), context);
            var stands = life.Waiting.ToHashSet(StringComparer.Ordinal);
            var arrived = old.ArrivedAt(before, here).Select(NewName).ToList();

            while (life.State.SubStatus == WorkflowSubStatus.Suspended)
                life.Wake(dice.Of<string>([.. life.Waiting]));

            life.ShouldBeFinished();
            var after = life.Ran;
            after.ShouldBeUnique(context);

            // The model: all that can be reached from where it stands, and the joins at which branches had arrived.
            var expected = edited.From(stands.Concat(arrived));
            after.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal), context);

            // What was still to come and is still there has come; what had been is not again.
            foreach (var step in old.From(here.Concat(old.ArrivedAt(before, here))).Select(NewName).Where(edited.Has))
                after.ShouldContain(step, $"lost: {step}\n{context}");

            after.Intersect(before.Select(NewName)).ShouldBeEmpty($"again\n{context}");

            string NewName(string step) => plan.Activities.FirstOrDefault(m => m.From == step)?.To ?? step;
        }

        moved.ShouldBeGreaterThan(Charts / 3, $"{refused} refused: {string.Join(' ', codes)}");
        refused.ShouldBeGreaterThan(20);
        codes.ShouldContain(MigrationCodes.NoPlace);
    }

    /// <summary>A chart as steps and edges. Steps that begin with w wait.</summary>
    private sealed class Plan(List<string> steps, List<(string From, string To)> edges)
    {
        public bool Has(string step) => steps.Contains(step);

        public static Plan Random(Dice dice)
        {
            var count = dice.Between(3, 9);
            var steps = new List<string> { "l0" };
            var edges = new List<(string, string)>();

            for (var i = 1; i < count; i++)
            {
                steps.Add((dice.Percent(45) ? "w" : "l") + i);
                edges.Add((steps[dice.Percent(55) ? i - 1 : dice.Below(i)], steps[i]));
            }

            for (var i = dice.Below(count); i > 0; i--)
            {
                var (a, b) = (dice.Below(count), dice.Below(count));

                if (a < b && !edges.Contains((steps[a], steps[b])))
                    edges.Add((steps[a], steps[b]));
            }

            return new(steps, edges);
        }

        public (Plan Edited, MigrationPlan How) Edited(Dice dice)
        {
            List<string> nodes = [.. steps];
            List<(string From, string To)> links = [.. edges];
            var renamed = new List<ActivityMove>();

            for (var i = dice.Between(1, 3); i > 0; i--)
                switch (dice.Below(6))
                {
                    case 0 when links.Count > 0:
                    {
                        // Between two.
                        var at = dice.Below(links.Count);
                        var added = $"{dice.Of("l", "w")}new{i}";
                        var (from, to) = links[at];
                        links[at] = (from, added);
                        links.Add((added, to));
                        nodes.Insert(dice.Between(1, nodes.Count), added);
                        break;
                    }
                    case 1:
                    {
                        // A step goes; its neighbours join hands.
                        var gone = dice.Of<string>(nodes);

                        if (gone == nodes[0])
                            break;

                        var (into, out_) = (links.Where(l => l.To == gone).ToList(), links.Where(l => l.From == gone).ToList());
                        links.RemoveAll(l => l.To == gone || l.From == gone);
                        links.AddRange(
                            into.SelectMany(a => out_.Select(b => (a.From, b.To))).Where(l => !links.Contains(l)).Distinct().ToList()
                        );
                        nodes.Remove(gone);
                        break;
                    }
                    case 2:
                    {
                        // A branch more, to its end or back into the flow.
                        var added = $"lbranch{i}";
                        links.Add((dice.Of<string>(nodes), added));
                        nodes.Add(added);
                        break;
                    }
                    case 3:
                    {
                        var old = dice.Of<string>(nodes);

                        if (renamed.Exists(r => r.To == old) || !steps.Contains(old))
                            break;

                        var name = old + "r";
                        renamed.Add(new(old, name));
                        nodes[nodes.IndexOf(old)] = name;
                        links = [.. links.Select(l => (l.From == old ? name : l.From, l.To == old ? name : l.To))];
                        break;
                    }
                    case 4 when links.Count > 1:
                        // One connection goes, where another leads to the same step.
                        var link = dice.Of<(string From, string To)>(links);

                        if (links.Count(l => l.To == link.To) > 1)
                            links.Remove(link);

                        break;
                    default:
                    {
                        // Two steps change places in the order of the flow.
                        var (a, b) = (dice.Of<string>(nodes), dice.Of<string>(nodes));

                        if (a == b || a == nodes[0] || b == nodes[0] || !dice.Percent(30))
                            break;

                        links = [.. links.Select(l => (Swapped(l.From), Swapped(l.To)))];
                        break;

                        string Swapped(string s) =>
                            s == a ? b
                            : s == b ? a
                            : s;
                    }
                }

            return (new(nodes, links), new() { Activities = [.. renamed.Where(r => nodes.Contains(r.To!))] });
        }

        /// <summary>Steps at which a branch had arrived, waiting for others.</summary>
        public IEnumerable<string> ArrivedAt(IEnumerable<string> done, ISet<string> here)
        {
            var ran = done.Where(d => !here.Contains(d)).ToHashSet(StringComparer.Ordinal);
            return edges
                .Where(e => ran.Contains(e.From) && !ran.Contains(e.To) && !here.Contains(e.To))
                .Select(e => e.To)
                .Distinct()
                .ToList();
        }

        /// <summary>All that follows from some steps, these included.</summary>
        public HashSet<string> From(IEnumerable<string> starts)
        {
            var seen = starts.Where(Has).ToHashSet(StringComparer.Ordinal);
            var stack = new Stack<string>(seen);

            while (stack.TryPop(out var step))
                foreach (var (from, to) in edges)
                    if (from == step && seen.Add(to))
                        stack.Push(to);

            return seen;
        }

        public string Json() =>
            Versions.Chart(
                string.Join(", ", steps.Select(s => s[0] == 'w' ? Versions.Wait(s) : Versions.Line(s))),
                string.Join(' ', edges.Select(e => $"{e.From}-{e.To}"))
            );

        public override string ToString() => string.Join(' ', edges.Select(e => $"{e.From}-{e.To}"));
    }
}
