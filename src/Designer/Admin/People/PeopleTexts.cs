namespace ServiceLoop.Designer.Admin.People;

/// <summary>Names the texts about people, roles, keys and sessions: <c>PeopleTexts.resx</c>.</summary>
public sealed class PeopleTexts;

/// <summary>Names the texts of what may be allowed: <c>PermissionTexts.resx</c>, by the name of the permission.</summary>
public sealed class PermissionTexts;
