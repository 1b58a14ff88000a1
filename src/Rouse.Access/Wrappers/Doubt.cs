namespace Rouse.Access.Wrappers;

/// <summary>
/// What becomes of a pattern that no host can fit, or that means nothing: whatever lets fewer in.
/// Differs from tcp_wrappers: D-070, see docs/differences.md.
/// </summary>
/// <param name="Closes">
/// The place of the pattern is one where fitting lets fewer in: in a rule that denies, or in an exception of one that grants.
/// </param>
internal readonly record struct Doubt(bool Closes)
{
    /// <summary>For a pattern without an evident meaning.</summary>
    public HostPattern Pattern => Closes ? HostPattern.DoubtfulAlways : HostPattern.DoubtfulNever;

    /// <summary>The same in words.</summary>
    public string Consequence => Closes ? "every host fits it here, so that nobody is let in by mistake" : "no host fits it";

    /// <summary>For a pattern that the original never matches, and that has an evident meaning.</summary>
    public HostPattern Meant(HostPattern evident) => !Closes ? HostPattern.DoubtfulNever : new(evident.Kind, evident.Text)
    {
        Net = evident.Net,
        Mask = evident.Mask,
        IsDoubtful = true,
    };
}
