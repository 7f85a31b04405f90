;(function (e) {
  // Makes a picture of mlsysim live: lays its data over it with ECharts, which
  // shows them only under the pointer.
  // How many pixels apart two values of an axis of so many pixels are, and what
  // lies in their middle.
  function apart(axis, size, a, b) {
    var f = axis.type === "log" ? Math.log : Number;
    return Math.abs((f(b) - f(a)) / (f(axis.max) - f(axis.min))) * size;
  }
  function middle(axis, a, b) { return axis.type === "log" ? Math.sqrt(a * b) : (a + b) / 2; }
  // Bars and cells as symbols: ECharts' common build has no shapes of one's own.
  var draw = {
    bar: function (v, o, w, h) {
      return {value: [middle(o.xAxis, v[0], v[1]), v[2]], symbolSize: [Math.max(apart(o.xAxis, w, v[0], v[1]), 4), 0.7 * apart(o.yAxis, h, 0, 1)]};
    },
    cell: function (v, o, w, h) {
      return {value: [v[0], v[1]], symbolSize: [apart(o.xAxis, w, 0, 1), apart(o.yAxis, h, 0, 1)]};
    }
  };
  function number(v, unit, names) {
    if (names && names[v] !== undefined) return names[v];
    var text = Math.abs(v) >= 1e4 ? Number(v.toPrecision(5)).toLocaleString("en") : String(Number(v.toPrecision(4)));
    return unit ? text + " " + unit : text;
  }
  var esc = e.format.encodeHTML;
  function says(o) {
    var u = o.units, n = o.names || [];
    function one(p) {
      var s = o.series[p.seriesIndex], d = s.draw, v = s.data[p.dataIndex], lines = [s.name, v.name];
      v = v.value || v;
      if (d === "bar") lines.push(number(v[2], "", n[1]), number(v[0], u[0]) + " to " + number(v[1], u[0]));
      else if (d === "cell") lines.push(o.labels[0] + " " + number(v[0], u[0], n[0]) + ", " + o.labels[1] + " " + number(v[1], u[1], n[1]), v[2] ? number(v[2], u[2]) : "");
      else lines.push(number(v[0], u[0], n[0]) + ", " + number(v[1], u[1], n[1]));
      return lines.filter(Boolean).map(esc).join("<br/>");
    }
    return function (p) {
      if (!p.length) return one(p);
      return [number(p[0].value[0], u[0], n[0])].concat(p.map(function (q) {
        return (o.series[q.seriesIndex].name || "") + " " + number(q.value[1], u[1], n[1]) + " " + q.name;
      })).map(esc).join("<br/>");
    };
  }
  // The option of ECharts for a drawing whose picture is k times its size.
  e.mlsysimOption = function (o, k) {
    var grid = {};
    for (var side in o.grid) grid[side] = o.grid[side] * k;
    return {animation: false, grid: grid, xAxis: o.xAxis, yAxis: o.yAxis,
      tooltip: {trigger: o.axis ? "axis" : "item", confine: true, formatter: says(o), axisPointer: {type: "line", snap: true}},
      series: o.series.map(function (s) {
        var t = {type: s.type, data: s.data, color: s.color, symbol: s.symbol || "circle", symbolSize: 11, clip: false,
          itemStyle: {color: "transparent", borderColor: "transparent"},
          emphasis: {itemStyle: {color: s.color, borderColor: "#888", borderWidth: 1}}};
        if (s.draw) {
          t.symbol = "rect";
          t.emphasis = {scale: false, itemStyle: {color: "transparent", borderColor: "#888", borderWidth: 2.5}};
          t.data = s.data.map(function (v) {
            return draw[s.draw](v.value || v, o, (o.size[0] - o.grid.left - o.grid.right) * k, (o.size[1] - o.grid.top - o.grid.bottom) * k);
          });
        }
        if (s.type === "line") {
          t.lineStyle = {color: "transparent"};
          t.emphasis.lineStyle = {color: s.color, width: 3.5};
          t.triggerLineEvent = true;
        }
        return t;
      })};
  };
  // Lays the live chart over the picture of a node.
  e.mlsysim = function (node, o) {
    var img = node.querySelector("img"), d = document;
    if (!img || node.dataset.live) return;
    node.dataset.live = "1";
    var frame = d.createElement("div"), over = d.createElement("div");
    frame.style.cssText = "position:relative;line-height:0;max-width:" + o.size[0] + "px";
    over.style.cssText = "position:absolute;left:0;top:0;width:100%;height:100%;line-height:1.4";
    over.setAttribute("aria-hidden", "true"); // the picture has its words
    img.parentNode.insertBefore(frame, img);
    frame.appendChild(img);
    frame.appendChild(over);
    var chart;
    function paint() {
      var w = img.clientWidth;
      if (!w) return;
      var h = w * o.size[1] / o.size[0];
      if (!chart) chart = e.init(over, null, {renderer: "svg", width: w, height: h});
      else chart.resize({width: w, height: h});
      chart.setOption(e.mlsysimOption(o, w / o.size[0]));
    }
    if (window.ResizeObserver) new ResizeObserver(paint).observe(img);
    paint();
  };
})(typeof exports === "object" ? exports : echarts);
