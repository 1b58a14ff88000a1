using System;

namespace Rouse.Access.Wrappers;

/// <summary>The value of the option setenv (hosts_options(5)): a name, blanks, a value.</summary>
public static class WrapperSetting
{
    /// <summary>Takes a value apart once its expansions are in; false where it names no variable.</summary>
    /// <param name="setting">The expanded value.</param>
    /// <param name="name">The variable's name; what was written in its place where that is none.</param>
    /// <param name="word"><c>NAME=value</c>, as an environment has it.</param>
    public static bool TryRead(string setting, out string name, out string word)
    {
        ReadOnlySpan<char> text = setting.AsSpan().Trim(" \t\r\n");
        int end = text.IndexOfAny(" \t\r\n");
        name = (end < 0 ? text : text[..end]).ToString();
        word = $"{name}={text[name.Length..].TrimStart(" \t\r\n")}";
        return name.Length > 0 && !name.Contains('=', StringComparison.Ordinal);
    }
}
