"""Networks with published receptive fields, cut down to what reads: few channels, no bn or relu.

Size, jump and padding (start is its negative) of the last feature map as published by Araujo,
Norris & Sim 2019 (Distill) for TF-Slim's networks; those of torchvision's networks by its code.
"""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """A spec, or the name of a bundled one, and what is known of its last feature map."""

    spec: str
    size: int
    jump: int
    start: int


ALEXNET_V2 = """
input: 3x224x224
layers:
  - conv 4 k=11 s=4
  - maxpool 3 s=2
  - conv 4 k=5 p=2
  - maxpool 3 s=2
  - repeat: 3
    layers: [conv 4 k=3 p=1]
  - maxpool 3 s=2
"""

# "SAME" at even sizes: a stride of 2 pads only the end.
MOBILENET_V1 = """
input: 3x224x224
blocks:
  three(s=1):
    - if: s == 2
      then: [pad left=0 top=0 right=1 bottom=1, dwconv 3 s=2]
      else: [dwconv 3 p=1]
    - conv 4 k=1
layers:
  - pad left=0 top=0 right=1 bottom=1
  - conv 4 k=3 s=2
  - for: {s: [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]}
    layers: [three s=s]
"""

MOBILENET_V2 = """
input: 3x224x224
blocks:
  inverted(out, s):
    - if: s == 1 and out == x.c
      then:
        - add:
            - [conv 8 k=1, dwconv 3 p=1, conv out k=1]
            - []
      else: [conv 8 k=1, dwconv 3 s=s p=1, conv out k=1]
layers:
  - conv 2 k=3 s=2 p=1
  - for: {out: [1, 2, 3, 4, 5, 6, 7], n: [1, 2, 3, 4, 3, 3, 1], s: [1, 2, 2, 2, 1, 2, 1]}
    layers:
      - inverted out s
      - repeat: n-1
        layers: [inverted out 1]
  - conv 8 k=1
"""

EFFICIENTNET_B0 = """
input: 3x224x224
blocks:
  gate:
    - s = identity
    - gap
    - conv 2 k=1
    - conv s.c k=1
    - sigmoid
    - mul s x
  mbconv(out, k, s):
    - if: s == 1 and out == x.c
      then:
        - add:
            - [conv 8 k=1, dwconv k p=k//2, gate, conv out k=1]
            - []
      else: [conv 8 k=1, dwconv k s=s p=k//2, gate, conv out k=1]
layers:
  - conv 2 k=3 s=2 p=1
  - for: {out: [1, 2, 3, 4, 5, 6, 7], k: [3, 3, 5, 3, 5, 5, 3], n: [1, 2, 2, 3, 3, 4, 1], s: [1, 2, 2, 2, 1, 2, 1]}
    layers:
      - mbconv out k s
      - repeat: n-1
        layers: [mbconv out k 1]
  - conv 8 k=1
"""

# TF-Slim's: the stride of a stage is in its last unit, the shortcut there a subsampling.
RESNET_V1 = """
input: 3x224x224
params: {third: 6}
blocks:
  unit(mid, s=1):
    - add:
        - [conv mid k=1, conv mid k=3 s=s p=1, conv 4*mid k=1]
        - - if: x.c != 4*mid
            then: [conv 4*mid k=1 s=s]
            else:
              - if: s > 1
                then: [maxpool 1 s=s]
layers:
  - conv 2 k=7 s=2 p=3
  - pad left=0 top=0 right=1 bottom=1
  - maxpool 3 s=2
  - for: {mid: [1, 2, 3, 4], n: [3, 4, third, 3], s: [2, 2, 2, 1]}
    layers:
      - repeat: n-1
        layers: [unit mid]
      - unit mid s
"""

GOOGLENET = """
input: 3x224x224
blocks:
  inception:
    - concat:
        - [conv 1 k=1]
        - [conv 1 k=1, conv 1 k=3 p=1]
        - [conv 1 k=1, conv 1 k=3 p=1]
        - [maxpool 3 s=1 p=1, conv 1 k=1]
layers:
  - conv 2 k=7 s=2 p=3
  - maxpool 3 s=2 ceil=yes
  - conv 2 k=1
  - conv 2 k=3 p=1
  - maxpool 3 s=2 ceil=yes
  - for: {n: [2, 5], k: [3, 2]}
    layers:
      - repeat: n
        layers: [inception]
      - maxpool k s=2 ceil=yes
  - repeat: 2
    layers: [inception]
"""

INCEPTION_V3 = """
input: 3x299x299
blocks:
  a:
    - concat:
        - [conv 1 k=1]
        - [conv 1 k=1, conv 1 k=5 p=2]
        - [conv 1 k=1, conv 1 k=3 p=1, conv 1 k=3 p=1]
        - [avgpool 3 s=1 p=1, conv 1 k=1]
  b:
    - concat:
        - [conv 1 k=3 s=2]
        - [conv 1 k=1, conv 1 k=3 p=1, conv 1 k=3 s=2]
        - [maxpool 3 s=2]
  row: [conv 1 k=1x7 p=0x3]
  column: [conv 1 k=7x1 p=3x0]
  c:
    - concat:
        - [conv 1 k=1]
        - [conv 1 k=1, row, column]
        - [conv 1 k=1, column, row, column, row]
        - [avgpool 3 s=1 p=1, conv 1 k=1]
  d:
    - concat:
        - [conv 1 k=1, conv 1 k=3 s=2]
        - [conv 1 k=1, row, column, conv 1 k=3 s=2]
        - [maxpool 3 s=2]
  fork:
    - concat:
        - [conv 1 k=1x3 p=0x1]
        - [conv 1 k=3x1 p=1x0]
  e:
    - concat:
        - [conv 1 k=1]
        - [conv 1 k=1, fork]
        - [conv 1 k=1, conv 1 k=3 p=1, fork]
        - [avgpool 3 s=1 p=1, conv 1 k=1]
layers:
  - conv 1 k=3 s=2
  - conv 1 k=3
  - conv 1 k=3 p=1
  - maxpool 3 s=2
  - conv 1 k=1
  - conv 1 k=3
  - maxpool 3 s=2
  - repeat: 3
    layers: [a]
  - b
  - repeat: 4
    layers: [c]
  - d
  - repeat: 2
    layers: [e]
"""

PUBLISHED = {
    "torchvision AlexNet": Published("alexnet", 195, 32, -66),
    "torchvision VGG-16": Published("vgg16", 212, 32, -90),
    "torchvision ResNet-18": Published("resnet18", 435, 32, -217),
    "torchvision ResNet-50": Published("resnet50", 427, 32, -213),
    "torchvision GoogLeNet": Published(GOOGLENET, 379, 32, -167),
    "torchvision MobileNet v2": Published(MOBILENET_V2, 491, 32, -245),
    "torchvision EfficientNet-B0": Published(EFFICIENTNET_B0, 851, 32, -425),
    "TF-Slim AlexNet v2": Published(ALEXNET_V2, 195, 32, -64),
    "TF-Slim MobileNet v1": Published(MOBILENET_V1, 315, 32, -126),
    "TF-Slim ResNet v1-50": Published(RESNET_V1, 483, 32, -239),
    "TF-Slim ResNet v1-101": Published(RESNET_V1.replace("third: 6", "third: 23"), 1027, 32, -511),
    "TF-Slim Inception v3": Published(INCEPTION_V3, 1311, 32, -618),
}
