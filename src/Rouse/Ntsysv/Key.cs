namespace Rouse.Tools.Ntsysv;

/// <summary>A key that the checklist knows. Everything else is <see cref="Other"/> and does nothing.</summary>
internal enum KeyKind
{
    Other,
    Letter,
    Space,
    Enter,
    Tab,
    BackTab,
    Escape,
    Interrupt,
    Redraw,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F1,
    F12,
}

/// <param name="Letter">The character of <see cref="KeyKind.Letter"/>, ASCII.</param>
internal readonly record struct Key(KeyKind Kind, char Letter = '\0');
