using System.Collections.Frozen;
using System.Text;

namespace ServiceLoop.Triage.Features;

/// <summary>Traditional Chinese characters that are frequent in service, with their simple forms: so that both are one word for a classifier.</summary>
internal static class SimpleCharacters
{
    // Pairs: the traditional character, then the simple one.
    private const string Pairs =
        "訂订單单號号貨货點点幾几還还沒没開开發发票票會会員员帳账戶户碼码錯错誤误請请問问謝谢麻麻煩烦嗎吗個个們们這这來来時时間间後后從从給给對对說说話话講讲電电"
        + "腦脑機机壞坏換换修修維维費费錢钱錄录級级別别區区網网頁页線线連连續续總总無无為为與与於于並并過过進进達达運运輸输遲迟題题購购買买賣卖價价優优惠惠減减額额"
        + "顧顾態态度度專专業业辦办處处理理應应該该當当實实現现證证據据質质產产設设備备螢萤幕幕損损傷伤裝装寄寄遞递收收銀银轉转匯汇餘余賬账務务聯联絡络繫系"
        + "資资訊讯隱隐權权刪删數数檔档關关閉闭啟启動动驗验簽签約约預预期期廠厂師师顯显示示裡里裏里樣样種种誰谁讓让認认識识記记讀读寫写書书經经濟济結结果果紅红綠绿"
        + "藍蓝黃黄舊旧新新髒脏輕轻長长門门窗窗車车飛飞馬马難难雞鸡魚鱼鳥鸟龍龙龜龟齊齐聽听聲声學学覺觉願愿歡欢嚴严離离雲云靜静頭头顏颜類类飯饭館馆鬆松";

    private static readonly FrozenDictionary<Rune, string> Simple = Read();

    /// <summary>The simple form; the character itself where there is none.</summary>
    public static string Of(Rune character) => Simple.TryGetValue(character, out var simple) ? simple : character.ToString();

    private static FrozenDictionary<Rune, string> Read()
    {
        var runes = Pairs.EnumerateRunes().ToArray();
        var simple = new Dictionary<Rune, string>();

        for (var i = 0; i + 1 < runes.Length; i += 2)
            simple.TryAdd(runes[i], runes[i + 1].ToString());

        return simple.ToFrozenDictionary();
    }
}
