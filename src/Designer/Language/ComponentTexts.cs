using Microsoft.Extensions.Localization;
using MudBlazor;

namespace ServiceLoop.Designer.Language;

/// <summary>The words inside MudBlazor's own components; what is not listed stays in its English.</summary>
internal sealed class ComponentTexts(IStringLocalizer<ComponentTexts> texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts[key];
}
