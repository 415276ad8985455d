namespace ServiceLoop.Designer.SignIn;

/// <summary>Names the texts of sign-in and sign-out: <c>SignInTexts.resx</c>, <c>SignInTexts.zh-Hans.resx</c>.</summary>
public sealed class SignInTexts;
