using System.Globalization;

namespace Rouse.Runlevels.Links;

/// <summary>The name of a link in a level's directory: <c>S</c> starts, <c>K</c> stops, two digits say when, and of what.</summary>
public readonly record struct LevelLink(bool Starts, int Priority, string Service)
{
    public static bool TryParse(string name, out LevelLink link)
    {
        link = default;
        if (name.Length < 4 || name[0] is not ('S' or 'K') || !char.IsAsciiDigit(name[1]) || !char.IsAsciiDigit(name[2]))
        {
            return false;
        }

        link = new(name[0] == 'S', ((name[1] - '0') * 10) + name[2] - '0', name[3..]);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Starts ? 'S' : 'K')}{Priority:00}{Service}");
}
