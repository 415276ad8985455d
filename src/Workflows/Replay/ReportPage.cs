using System.Globalization;
using System.Net;
using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>The report as one page: no script from elsewhere, no request to anywhere, in two languages, light and dark.</summary>
internal static class ReportPage
{
    // Name, English and Chinese title.
    private static readonly (string Name, string En, string Zh)[] Titles =
    [
        ("cases-opened", "Cases opened", "新建个案"),
        ("cases-ended", "Cases ended", "结束个案"),
        ("contacts", "Contacts", "客户联络"),
        ("tasks-done", "Tasks done", "完成任务"),
        ("messages-sent", "Messages sent", "发出消息"),
        ("first-response", "First response", "首次响应时间"),
        ("first-response-within", "First response within", "首次响应达标"),
        ("lead-time", "Lead time", "全程时间"),
        ("resolution-time", "Resolution time", "解决时间"),
        ("stage-time", "Time in stages", "各阶段时间"),
        ("touch-time", "Touch time", "实际处理时间"),
        ("flow-efficiency", "Flow efficiency", "流程效率"),
        ("sla-attainment", "Service levels met", "服务级别达成率"),
        ("paused-share", "Paused share", "暂停占比"),
        ("triage-accuracy", "Triage accuracy", "分诊准确率"),
        ("triage-asked", "Triage asked a person", "分诊转人工"),
        ("automation", "Automation share", "自动化占比"),
        ("knowledge-reuse", "Knowledge reuse", "知识复用率"),
        ("hand-over-latency", "Hand-over latency", "转人工等待"),
        ("repeat-contact", "Repeat contacts", "重复来访率"),
        ("first-contact-resolution", "First contact resolution", "首次解决率"),
        ("reopened", "Reopened", "重开率"),
        ("escalations-per-100-cases", "Escalations per 100 cases", "每百案升级数"),
        ("escalation-ack-in-time", "Escalations acknowledged in time", "升级及时确认率"),
        ("callback-on-time", "Callbacks on time", "回拨准时率"),
        ("reach-rate", "Reach rate", "接通率"),
        ("promise-kept", "Promises kept", "承诺兑现率"),
        ("survey-response", "Survey response", "问卷回收率"),
        ("csat", "CSAT", "客户满意度"),
        ("csat-mean", "CSAT, mean", "满意度均分"),
        ("ces-mean", "CES, mean", "费力度均分"),
        ("nps", "NPS", "净推荐值"),
        ("queue-wait", "Wait in queue", "排队等待"),
        ("offer-answers", "Offers", "派单结果"),
        ("handle-time", "Handle time", "处理时间"),
        ("offers-accepted", "Offers accepted", "接受派单"),
        ("offer-gini", "Gini of offers", "派单基尼系数"),
        ("timer-lateness", "Timer lateness", "定时延迟"),
        ("lost-work", "Lost work", "丢失工作"),
        ("overdue-work", "Overdue work", "逾期工作"),
        ("double-tasks", "Double tasks", "重复任务"),
        ("double-surveys", "Double surveys", "重复问卷"),
        ("orphans", "Orphan waits", "无主等待"),
        ("incidents", "Incidents", "流程异常"),
    ];

    private static readonly string Frame = TextFile.Beside("report.html");

    /// <summary>Writes it.</summary>
    public static string Of(ReplayReport report)
    {
        var body = new StringBuilder();
        Head(body, report);
        Tiles(body, report);
        Chart(body, report, "lead-time", "stage-time", "first-response", "queue-wait", "handle-time");
        Chart(
            body,
            report,
            "sla-attainment",
            "first-response-within",
            "csat",
            "survey-response",
            "first-contact-resolution",
            "triage-accuracy",
            "automation",
            "promise-kept",
            "escalation-ack-in-time"
        );
        Settled(body, report.Automation);
        Chart(body, report, "cases-ended");
        Chart(body, report, "offers-accepted");
        Chart(body, report, "escalations-per-100-cases");
        Table(body, report);
        Rest(body, report);
        return Frame.Replace("<!--body-->", body.ToString(), StringComparison.Ordinal);
    }

    private static void Head(StringBuilder body, ReplayReport r)
    {
        body.Append(
            CultureInfo.InvariantCulture,
            $"<p class=\"{(r.IsWell ? "good" : "bad")}\">{Words(r.IsWell ? "Every case has ended; nothing waits for ever, nothing was done twice or lost." : "Not every case has ended, or something must be 0 and is not.", r.IsWell ? "所有个案均已结束; 无遗留等待、重复或丢失。" : "尚有个案未结束, 或有应为零的指标不为零。")}</p>"
        );
        body.Append(
            CultureInfo.InvariantCulture,
            $"<p>{E(r.Log)} · {r.StartedAt:yyyy-MM-dd HH:mm} UTC · {Words("seed", "种子")} {r.Seed} · {r.Nodes} {Words(r.Nodes == 1 ? "node" : "nodes", "节点")}{(r.Killed > 0 ? $", {r.Killed} {Words("killed and started again", "被强制终止并重启")}" : "")} · {r.Agents} {Words("agents", "坐席")} · {Words("product time", "产品时间")} {r.From:yyyy-MM-dd} – {r.To:yyyy-MM-dd} · {Words("totals", "总计指纹")} <code>{r.Fingerprint}</code></p>"
        );
    }

    private static void Tiles(StringBuilder body, ReplayReport r)
    {
        body.Append("<section class=\"tiles\">");
        Tile(Words("Cases", "个案"), N(r.Cases, "0"));
        Tile(Words("Cases/s", "个案/秒"), N(r.CasesPerSecond, "0.00"));
        Tile(Words("Seconds", "秒"), N(r.Seconds, "0"));

        foreach (var name in (string[])["csat", "triage-accuracy", "automation", "first-contact-resolution"])
            if (r.Kpis.FirstOrDefault(k => k.Name == name && k.Segment.Length == 0) is { Value: not null } kpi)
                Tile(Title(name), ReportTable.Value(kpi));

        Tile(Words("Orphan waits", "无主等待"), N(r.Kpis.Where(k => k.Name == "orphans").Sum(k => k.Value ?? 0), "0"));
        body.Append("</section>");

        void Tile(string title, string value) => body.Append(CultureInfo.InvariantCulture, $"<div><b>{value}</b>{title}</div>");
    }

    /// <summary>Bars of one unit; of several names the figures stand together.</summary>
    private static void Chart(StringBuilder body, ReplayReport report, params string[] names)
    {
        var bars = report
            .Kpis.Where(k => names.Contains(k.Name) && k.Value is > 0 && !(names.Length == 1 && k.Segment.Length == 0))
            .OrderBy(k => Array.IndexOf(names, k.Name))
            .ToList();

        if (bars.Count == 0)
            return;

        const int row = 26;
        var most = bars[0].Unit == "share" ? 1 : bars.Max(Length);
        body.Append(
            CultureInfo.InvariantCulture,
            $"<figure><figcaption>{(names.Length == 1 ? Title(names[0]) : bars[0].Unit == "share" ? Words("Shares, with 95 % intervals", "占比 (95 % 置信区间)") : Words("Times (logarithmic)", "时间 (对数)"))}</figcaption><svg viewBox=\"0 0 900 {bars.Count * row + 8}\" role=\"img\">"
        );

        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], i * row + 4);
            var width = Math.Max(1, Length(bar) / most * 440);
            body.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"300\" y=\"{y + 15}\" text-anchor=\"end\">{Label(bar, names.Length > 1)}</text><rect x=\"310\" y=\"{y + 2}\" width=\"{width:0.#}\" height=\"16\" rx=\"2\"><title>n = {bar.N}</title></rect>"
            );

            if (bar.Low is { } low && bar.High is { } high)
                body.Append(
                    CultureInfo.InvariantCulture,
                    $"<path class=\"range\" d=\"M{310 + low * 440:0.#} {y + 10}H{310 + high * 440:0.#}\"/>"
                );

            body.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Math.Min(820, 318 + Math.Max(width, (bar.High ?? 0) * 440)):0.#}\" y=\"{y + 15}\">{E(ReportTable.Value(bar))}</text>"
            );
        }

        body.Append("</svg></figure>");

        // Seconds and weeks in one picture.
        static double Length(ReportedKpi k) => k.Unit == "seconds" ? Math.Log10(1 + k.Value!.Value) : k.Value!.Value;
    }

    /// <summary>How the cases of each category were settled, as bars of three parts, with the target.</summary>
    private static void Settled(StringBuilder body, ReportedAutomation automation)
    {
        const int row = 22;
        const int left = 310;
        const int width = 440;
        List<(string Name, SettledShare Share)> bars =
        [
            (Drawn(Words("All", "全部")), automation.All),
            (Drawn(Words("Standard questions", "标准问题")), automation.Standard),
            .. automation.Categories.Select(c => (E(c.Category ?? "–"), c)),
        ];
        bars.RemoveAll(b => b.Share.Total == 0);

        if (bars.Count == 0)
            return;

        body.Append(
            CultureInfo.InvariantCulture,
            $"<figure><figcaption>{Words($"Settled without a person (dark), by bot and person, by a person; line: target of {automation.Target * 100:0} % of standard questions", $"无人工解决 (深色)、人机协作、人工解决; 竖线: 标准问题目标 {automation.Target * 100:0} %")}</figcaption><svg viewBox=\"0 0 900 {bars.Count * row + 8}\" role=\"img\">"
        );

        for (var i = 0; i < bars.Count; i++)
        {
            var ((name, share), y) = (bars[i], i * row + 4);
            var from = (double)left;
            body.Append(CultureInfo.InvariantCulture, $"<text x=\"300\" y=\"{y + 13}\" text-anchor=\"end\">{name}</text>");

            foreach (
                var (count, opacity) in (ReadOnlySpan<(long, string)>)[(share.Auto, "1"), (share.Assisted, "0.5"), (share.Human, "0.2")]
            )
            {
                var length = width * (double)count / share.Total;
                body.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{from:0.#}\" y=\"{y + 2}\" width=\"{length:0.#}\" height=\"14\" opacity=\"{opacity}\"><title>{count} / {share.Total}</title></rect>"
                );
                from += length;
            }

            body.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{left + width + 10}\" y=\"{y + 13}\">{E(ReportTable.Share(share.Share))} ({share.Auto} / {share.Total})</text>"
            );
        }

        var target = left + width * automation.Target;
        body.Append(CultureInfo.InvariantCulture, $"<path class=\"range\" d=\"M{target:0.#} 2V{bars.Count * row + 6}\"/></svg></figure>");
    }

    private static void Table(StringBuilder body, ReplayReport report)
    {
        body.Append(
            CultureInfo.InvariantCulture,
            $"<table><thead><tr><th>{Words("Key figure", "指标")}</th><th></th><th>{Words("value", "值")}</th><th>n</th><th>95 %</th></tr></thead><tbody>"
        );

        foreach (var k in report.Kpis)
            body.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Title(k.Name)}</td><td>{E(k.Segment)}</td><td class=\"n\">{E(ReportTable.Value(k))}</td><td class=\"n\">{k.N}</td><td class=\"n\">{(k.Low is { } low && k.High is { } high ? string.Create(CultureInfo.InvariantCulture, $"{low * 100:0.0}–{high * 100:0.0} %") : "")}</td></tr>"
            );

        body.Append("</tbody></table>");
    }

    private static void Rest(StringBuilder body, ReplayReport report)
    {
        List(Words("Where cases ended", "个案结局"), report.Ends.Select(e => $"{e.Key}: {e.Value}"));
        List(Words("Totals", "总计"), report.Totals.Select(t => $"{t.Key}: {t.Value}"));
        List(Words("Refused by the product", "被产品拒绝"), report.Refusals.Select(t => $"{t.Key}: {t.Value}"));
        List(Words("Not ended", "未结束"), report.Open.Select(o => $"{o.Id}: {o.Status}, {o.Why}"));

        void List(string title, IEnumerable<string> lines)
        {
            var all = lines.ToList();

            if (all.Count > 0)
                body.Append(
                    CultureInfo.InvariantCulture,
                    $"<details><summary>{title} ({all.Count})</summary><ul>{string.Concat(all.Select(l => $"<li>{E(l)}</li>"))}</ul></details>"
                );
        }
    }

    private static string Label(ReportedKpi k, bool withName) =>
        withName && k.Segment.Length > 0 ? $"{Drawn(Title(k.Name))} · {E(k.Segment)}"
        : withName ? Drawn(Title(k.Name))
        : E(k.Segment);

    // A span would end the picture that it stands in.
    private static string Drawn(string words) =>
        words.Replace("<span", "<tspan", StringComparison.Ordinal).Replace("</span>", "</tspan>", StringComparison.Ordinal);

    private static string Title(string name) =>
        Array.Find(Titles, t => t.Name == name) is { Name: not null } found ? Words(found.En, found.Zh) : E(name);

    // The page shows one of both, as its reader chooses.
    private static string Words(string en, string zh) => $"<span lang=\"en\">{E(en)}</span><span lang=\"zh\">{E(zh)}</span>";

    private static string N(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string E(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A text that is embedded in the program.</summary>
internal static class TextFile
{
    /// <summary>Reads one of this folder.</summary>
    public static string Beside(string name)
    {
        using var stream =
            typeof(TextFile).Assembly.GetManifestResourceStream($"{typeof(TextFile).Namespace}.{name}")
            ?? throw new InvalidOperationException($"'{name}' is not embedded in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
