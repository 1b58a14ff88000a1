namespace Rouse.Tools;

internal static class Program
{
    private static int Main() => 69;
}
