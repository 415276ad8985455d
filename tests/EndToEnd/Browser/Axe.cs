using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Looks at a page as those do who cannot see it well, or not at all.</summary>
internal static class Axe
{
    /// <summary>What is seriously or critically wrong, one line for each place.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        // Half of a fade is no colour to judge.
        await page.EvaluateAsync(
            "() => Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity).map(a => a.finished.catch(() => {})))"
        );
        var result = await page.RunAxe();
        return
        [
            .. result
                .Violations.Where(v => v.Impact is "serious" or "critical")
                .SelectMany(v => v.Nodes.Select(n => $"{v.Id} ({v.Impact}): {n.Html} — {Why(n)}")),
        ];
    }

    private static string Why(AxeResultNode node) =>
        string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message));
}
