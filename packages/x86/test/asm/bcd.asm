; daa das aaa aas aam aad, over every value of al and the flags they read.
%include "lib.inc"

VALUES ah_vals, 0, 0x00ff, 0x1234ff00
VALUES bcd_flags, 2, 3, 0x12, 0x13, 0x8c6
VALUES bases, 0
  [section .tab]
        align 4
al_vals: dd 256
  %assign n 0
  %rep 256
        dd 0x77660500 + n
    %assign n n+1
  %endrep
ax_vals: dd 256
  %assign n 0
  %rep 256
        dd (n * 0x0301) & 0xffff
    %assign n n+1
  %endrep
  __SECT__

main:
        FLAGS_IN bcd_flags
        A_VALUES al_vals
        SHOW I_EAX|I_FL|S_EAX|S_FL
        CASE daa
        CASE das
        CASE aaa
        CASE aas
        FLAGS_IN two_flags
        CASE aam
        A_VALUES ax_vals
        CASE aad
        CASE aam 16
        CASE aad 16
        CASE aad 0
        CASE aam 255
        CASE aam 7
        CASE aad 7
        CASE aad 0xff
        SHOW I_EAX|I_FL|S_EAX|S_FL|S_VEC|S_EIP
        A_VALUES few
        CASE aam 0
        CASE cbw
        CASE cwde
        SHOW I_EAX|I_FL|S_EAX|S_EDX|S_FL
        CASE cwd
        CASE cdq
        FINISH

VALUES few, 0, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff
