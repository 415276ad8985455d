namespace ServiceLoop.Designer.OwnAccount;

/// <summary>Names the texts of one's own page: <c>AccountTexts.resx</c>.</summary>
public sealed class AccountTexts;
