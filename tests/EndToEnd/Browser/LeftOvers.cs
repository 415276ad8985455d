using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Finds what is still English on a Chinese page: on the screen, and in what is read aloud.</summary>
/// <remarks>Names that people gave (links in lists), ids, code, refusals of services (they are only known in English), and what is marked as English (messages of scripts and of the database) are not looked at.</remarks>
internal static partial class LeftOvers
{
    private const string Texts = """
        () => {
          const skip = "script, style, noscript, code, pre, .code, [lang|=en], [role=alert], .diagram-canvas, .table a";
          const found = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode())
            if (node.data.trim() && !node.parentElement.closest(skip) && node.parentElement.checkVisibility({ visibilityProperty: true }))
              found.push(node.data.trim());
          for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
            if (!element.closest(skip) && element.checkVisibility({ visibilityProperty: true }))
              for (const name of ["aria-label", "title", "placeholder", "alt"])
                if (element.getAttribute(name)) found.push(element.getAttribute(name));
          for (const label of document.querySelectorAll(".diagram-canvas [aria-label]"))
            found.push(label.getAttribute("aria-label"));
          found.push(document.title);
          return found;
        }
        """;

    /// <summary>Names of programs and standards, of activity types, of values; and of what the tests themselves have named.</summary>
    private static readonly HashSet<string> Known = new(
        [
            .. "ServiceLoop Elsa Studio Hangfire JSON API ID IDs RFC REST UTC English".Split(' '),
            .. "WriteLine Write Line Event FlowDecision RunTask RunJavaScript Flowchart Delay Timer Workflow Workflow1 Flowchart1".Split(
                ' '
            ),
            .. "HTTP SLA Webhook x86 CSV JSONL Chrome Linux X11 Mozilla AppleWebKit KHTML like Gecko HeadlessChrome Safari".Split(' '),
            .. "String Int32 Boolean True False Done Condition text id name typeName".Split(' '),
            .. "assignee candidateUsers candidateGroups team role queue".Split(' '),
            .. "refund ask-crm greet nowhere Greet IsSmall WaitForBank BankSays Pay Thank Begin AskCrm Amount Reason Note Customer Call".Split(
                ' '
            ),
            .. "Hello Good day Thank you checked first begin nosuch nosuchflow bank admin bootstrap system roles".Split(' '),
            .. "stored-script img src onerror window stolen script constructor team grace henry".Split(' '),
        ],
        StringComparer.Ordinal
    );

    /// <summary>Texts with words that are not known, each once.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(IPage page) =>
        [
            .. (await page.EvaluateAsync<string[]>(Texts))
                .Where(text => Word().Matches(Id().Replace(text, "")).Any(word => !Known.Contains(word.Value)))
                .Distinct(),
        ];

    [GeneratedRegex(@"[A-Za-z][A-Za-z0-9-]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    // Ids of instances and runs, and numbers of versions.
    [GeneratedRegex(@"\b[0-9a-f]{16,}\b|\bv\d+\b|\b(lost|own)-[0-9a-z-]+\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();
}
