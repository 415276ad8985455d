using MudBlazor;

namespace ServiceLoop.Designer.Shell;

/// <summary>Colours and letters of the pages. Text stands out from its ground by at least 4.5 to 1 in both palettes.</summary>
internal static class Look
{
    // What the machine has: no font is fetched, and Chinese text has a face of its own.
    private static readonly string[] Faces =
    [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Roboto",
        "PingFang SC",
        "Microsoft YaHei",
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "sans-serif",
    ];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5cad",
            Secondary = "#00695c",
            Tertiary = "#6a3fb5",
            Info = "#0b5cad",
            Success = "#1b6e33",
            Warning = "#9a4a00",
            Error = "#b3261e",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#0b3d73",
            AppbarText = "#ffffff",
            DrawerBackground = "#ffffff",
            DrawerText = "#1d2733",
            DrawerIcon = "#455364",
            TextPrimary = "#1d2733",
            TextSecondary = "#4f5d6e",
            ActionDefault = "#455364",
            LinesDefault = "#dde2e8",
            LinesInputs = "#7a8796",
            TableLines = "#e3e7ec",
            Divider = "#dde2e8",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#7db8ff",
            PrimaryContrastText = "#06213f",
            Secondary = "#6fd3c3",
            SecondaryContrastText = "#00302a",
            Tertiary = "#c3a6ff",
            TertiaryContrastText = "#260b5a",
            Info = "#7db8ff",
            InfoContrastText = "#06213f",
            Success = "#7ddb98",
            SuccessContrastText = "#04310f",
            Warning = "#ffb870",
            WarningContrastText = "#3d1d00",
            Error = "#ff9d96",
            ErrorContrastText = "#4a0703",
            Background = "#12171e",
            Surface = "#1b222b",
            AppbarBackground = "#0d2238",
            AppbarText = "#f0f4f9",
            DrawerBackground = "#171d25",
            DrawerText = "#e3e9f0",
            DrawerIcon = "#a9b6c5",
            TextPrimary = "#e6ebf2",
            TextSecondary = "#aab6c4",
            ActionDefault = "#aab6c4",
            LinesDefault = "#323c49",
            LinesInputs = "#8492a3",
            TableLines = "#2d3743",
            Divider = "#323c49",
        },
        LayoutProperties = new LayoutProperties
        {
            DefaultBorderRadius = "8px",
            DrawerWidthLeft = "232px",
            AppbarHeight = "56px",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Faces, FontSize = ".9rem" },
            H1 = new H1Typography
            {
                FontFamily = Faces,
                FontSize = "1.6rem",
                FontWeight = "600",
                LineHeight = "1.3",
            },
            H2 = new H2Typography
            {
                FontFamily = Faces,
                FontSize = "1.15rem",
                FontWeight = "600",
                LineHeight = "1.4",
            },
            H3 = new H3Typography
            {
                FontFamily = Faces,
                FontSize = "1rem",
                FontWeight = "600",
                LineHeight = "1.4",
            },
            Button = new ButtonTypography
            {
                FontFamily = Faces,
                TextTransform = "none",
                FontWeight = "600",
            },
        },
    };
}
