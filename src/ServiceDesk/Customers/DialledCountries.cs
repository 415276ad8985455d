using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>A country as its telephone numbers tell it.</summary>
/// <param name="Prefix">Digits after the plus.</param>
/// <param name="Code">ISO 3166 code; for shared prefixes the largest country that uses it.</param>
/// <param name="Zones">Its zone; where it has several, the outermost: a time that suits both suits all between.</param>
public sealed record DialledCountry(string Prefix, string Code, ImmutableArray<string> Zones);

/// <summary>Finds the country of an international number.</summary>
public static class DialledCountries
{
    private const int LongestPrefix = 3;

    private const string Table = """
        1 US America/St_Johns Pacific/Honolulu
        7 RU Europe/Kaliningrad Asia/Kamchatka
        20 EG Africa/Cairo
        27 ZA Africa/Johannesburg
        30 GR Europe/Athens
        31 NL Europe/Amsterdam
        32 BE Europe/Brussels
        33 FR Europe/Paris
        34 ES Europe/Madrid Atlantic/Canary
        36 HU Europe/Budapest
        39 IT Europe/Rome
        40 RO Europe/Bucharest
        41 CH Europe/Zurich
        43 AT Europe/Vienna
        44 GB Europe/London
        45 DK Europe/Copenhagen
        46 SE Europe/Stockholm
        47 NO Europe/Oslo
        48 PL Europe/Warsaw
        49 DE Europe/Berlin
        51 PE America/Lima
        52 MX America/Tijuana America/Cancun
        53 CU America/Havana
        54 AR America/Argentina/Buenos_Aires
        55 BR America/Noronha America/Rio_Branco
        56 CL America/Santiago Pacific/Easter
        57 CO America/Bogota
        58 VE America/Caracas
        60 MY Asia/Kuala_Lumpur
        61 AU Australia/Perth Australia/Sydney
        62 ID Asia/Jakarta Asia/Jayapura
        63 PH Asia/Manila
        64 NZ Pacific/Auckland Pacific/Chatham
        65 SG Asia/Singapore
        66 TH Asia/Bangkok
        81 JP Asia/Tokyo
        82 KR Asia/Seoul
        84 VN Asia/Ho_Chi_Minh
        86 CN Asia/Shanghai
        90 TR Europe/Istanbul
        91 IN Asia/Kolkata
        92 PK Asia/Karachi
        93 AF Asia/Kabul
        94 LK Asia/Colombo
        95 MM Asia/Yangon
        98 IR Asia/Tehran
        212 MA Africa/Casablanca
        213 DZ Africa/Algiers
        216 TN Africa/Tunis
        218 LY Africa/Tripoli
        233 GH Africa/Accra
        234 NG Africa/Lagos
        251 ET Africa/Addis_Ababa
        254 KE Africa/Nairobi
        255 TZ Africa/Dar_es_Salaam
        256 UG Africa/Kampala
        260 ZM Africa/Lusaka
        263 ZW Africa/Harare
        351 PT Europe/Lisbon Atlantic/Azores
        352 LU Europe/Luxembourg
        353 IE Europe/Dublin
        354 IS Atlantic/Reykjavik
        355 AL Europe/Tirane
        356 MT Europe/Malta
        357 CY Asia/Nicosia
        358 FI Europe/Helsinki
        359 BG Europe/Sofia
        370 LT Europe/Vilnius
        371 LV Europe/Riga
        372 EE Europe/Tallinn
        373 MD Europe/Chisinau
        374 AM Asia/Yerevan
        375 BY Europe/Minsk
        380 UA Europe/Kyiv
        381 RS Europe/Belgrade
        385 HR Europe/Zagreb
        386 SI Europe/Ljubljana
        387 BA Europe/Sarajevo
        420 CZ Europe/Prague
        421 SK Europe/Bratislava
        502 GT America/Guatemala
        503 SV America/El_Salvador
        506 CR America/Costa_Rica
        507 PA America/Panama
        591 BO America/La_Paz
        593 EC America/Guayaquil Pacific/Galapagos
        595 PY America/Asuncion
        598 UY America/Montevideo
        852 HK Asia/Hong_Kong
        853 MO Asia/Macau
        855 KH Asia/Phnom_Penh
        856 LA Asia/Vientiane
        880 BD Asia/Dhaka
        886 TW Asia/Taipei
        960 MV Indian/Maldives
        961 LB Asia/Beirut
        962 JO Asia/Amman
        964 IQ Asia/Baghdad
        965 KW Asia/Kuwait
        966 SA Asia/Riyadh
        968 OM Asia/Muscat
        970 PS Asia/Hebron
        971 AE Asia/Dubai
        972 IL Asia/Jerusalem
        973 BH Asia/Bahrain
        974 QA Asia/Qatar
        975 BT Asia/Thimphu
        976 MN Asia/Ulaanbaatar Asia/Hovd
        977 NP Asia/Kathmandu
        992 TJ Asia/Dushanbe
        993 TM Asia/Ashgabat
        994 AZ Asia/Baku
        995 GE Asia/Tbilisi
        996 KG Asia/Bishkek
        998 UZ Asia/Tashkent
        """;

    private static readonly FrozenDictionary<string, DialledCountry> Countries = Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .Select(words => new DialledCountry(words[0], words[1], [.. words[2..]]))
        .ToFrozenDictionary(c => c.Prefix, StringComparer.Ordinal);

    /// <summary>All that are known.</summary>
    public static IEnumerable<DialledCountry> All => Countries.Values;

    /// <summary>The country of a number; null when the prefix is not known.</summary>
    /// <param name="number">With plus: <c>+8613800138000</c>.</param>
    public static DialledCountry? Of(string number)
    {
        if (!number.StartsWith('+'))
            return null;

        for (var length = LongestPrefix; length > 0; length--)
            if (number.Length > length && Countries.TryGetValue(number.Substring(1, length), out var country))
                return country;

        return null;
    }
}
