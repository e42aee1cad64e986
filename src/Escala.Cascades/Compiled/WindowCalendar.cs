using Escala.Programmes;

namespace Escala.Cascades.Compiled;

/// <summary>The windows of the years 1880 to 2130 by look-up: a date is asked for its window several times a row.</summary>
internal sealed class WindowCalendar
{
    private static readonly int s_firstDay = new DateOnly(1880, 1, 1).DayNumber;

    private readonly int[] _window;
    private readonly int _firstWindow;
    private readonly int[] _firstDays;

    public WindowCalendar(WindowKind kind)
    {
        var days = new DateOnly(2130, 1, 1).DayNumber - s_firstDay;
        _window = new int[days];
        for (var i = 0; i < days; i++) _window[i] = Window.Holding(kind, s_firstDay + i).Number;
        _firstWindow = _window[0];
        _firstDays = new int[_window[^1] - _firstWindow + 2];
        for (var i = 0; i < _firstDays.Length; i++) _firstDays[i] = new Window(kind, _firstWindow + i).FirstDay;
    }

    public int Holding(int day) => _window[day - s_firstDay];

    public int FirstDay(int window) => _firstDays[window - _firstWindow];

    public int LastDay(int window) => _firstDays[window - _firstWindow + 1] - 1;
}
